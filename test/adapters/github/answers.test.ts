import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endWire, mintsTokens, shop, wired } from "./wired.ts";

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(endWire()).toEqual([]);
});

test("a repository that was renamed is reached by its id, also by writes", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .post("/repos/acme/shop/issues/5/comments")
    .reply(307, { message: "Moved" }, { location: "/api/v3/repositories/4711/issues/5/comments" });
  api.post("/repositories/4711/issues/5/comments", { body: "hello" }).reply(201, { id: 31 });

  const intent = { marker: "ff:k", triedSince: null };

  expect(await github.createComment(shop, 5, "hello", intent)).toEqual({ id: 31 });
});

test("an issue that was transferred away is not there any more, and is not followed", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .get("/repos/acme/shop/issues/5")
    .reply(301, { message: "Moved" }, { location: "/api/v3/repositories/47110/issues/2" });

  expect(await github.issue(shop, 5)).toBeNull();
});

test.each([404, 410])("an issue answered %i does not exist", async (status) => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop/issues/5").reply(status, { message: "gone" });

  expect(await github.issue(shop, 5)).toBeNull();
});

test("an issue of a deleted account shows GitHub's ghost", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop/issues/5").reply(200, {
    id: 50,
    number: 5,
    title: "t",
    body: null,
    state: "open",
    labels: ["epic", { name: "bug" }],
    user: null,
  });

  expect(await github.issue(shop, 5)).toEqual({
    id: 50,
    number: 5,
    title: "t",
    body: "",
    state: "open",
    labels: ["epic", "bug"],
    author: { id: 10_137, login: "ghost" },
    isPullRequest: false,
  });
});

test.each([
  ["maintain", "write", "maintain"],
  ["triage", "read", "triage"],
  ["release-manager", "write", "write"],
  ["something-new", "odd", "none"],
])("a role of %s over %s counts as %s (S1)", async (role_name, permission, expected) => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop/collaborators/mona/permission").reply(200, { role_name, permission });

  expect(await github.permissionOf(shop, "mona")).toBe(expected);
});

test("someone GitHub does not know has no permission (S1)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .get("/repos/acme/shop/collaborators/nobody/permission")
    .reply(404, { message: "nobody is not a user" });

  expect(await github.permissionOf(shop, "nobody")).toBe("none");
});

test("a deleted comment cannot be edited, which is no error", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.patch("/repos/acme/shop/issues/comments/31").reply(404, { message: "Not Found" });

  expect(await github.updateComment(shop, 31, "new")).toBe(false);
});

test("pinning is left out where the server does not know it", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.put("/repos/acme/shop/issues/comments/31/pin").reply(404, { message: "Not Found" });

  await github.pinComment(shop, 31);
});

test("a state label takes the place of the other state labels and of no others", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  const labels = "/repos/acme/shop/issues/5/labels";
  api
    .get(labels)
    .query({ per_page: "100" })
    .reply(200, [{ name: "ff:pending" }, { name: "ff:hold" }, { name: "bug" }]);
  api.get("/repos/acme/shop/labels/ff%3Apending-review").reply(404, { message: "Not Found" });
  api
    .post("/repos/acme/shop/labels", (body) => body.name === "ff:pending-review")
    .reply(201, { name: "ff:pending-review" });
  api.post(labels, { labels: ["ff:pending-review"] }).reply(200, []);
  api.delete(`${labels}/ff%3Apending`).reply(404, { message: "Label does not exist" });

  await github.setStateLabel(shop, 5, "PENDING_REVIEW");
});

test("a state label that is there already costs one read", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .get("/repos/acme/shop/issues/5/labels")
    .query(true)
    .reply(200, [{ name: "ff:pending" }, { name: "bug" }]);

  await github.setStateLabel(shop, 5, "PENDING");
});

test("a branch that is gone already is deleted; one that a rule keeps is a verdict", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  const ref = "/repos/acme/shop/git/refs/heads%2Fff%2Ftask-2-x";
  api.delete(ref).reply(422, { message: "Reference does not exist" });
  api.get("/repos/acme/shop/git/ref/heads%2Fff%2Ftask-2-x").reply(404, { message: "Not Found" });
  await github.deleteBranch(shop, "ff/task-2-x");

  api.delete(ref).reply(422, { message: "Cannot delete this branch" });
  api.get("/repos/acme/shop/git/ref/heads%2Fff%2Ftask-2-x").reply(200, { ref: "…" });

  await expect(github.deleteBranch(shop, "ff/task-2-x")).rejects.toMatchObject({
    retryable: false,
    status: 422,
  });
});

test("a draft is made ready by GraphQL under the server's own address (L10)", async () => {
  const { github, api } = wired();
  mintsTokens(api, 2);
  api.get("/repos/acme/shop/pulls/7").reply(200, { draft: true, node_id: "PR_7" });
  nock("https://github.test")
    .post("/api/graphql", (body) => body.variables.pullRequestId === "PR_7")
    .matchHeader("authorization", "token ghs_fake2")
    .reply(200, { data: { markPullRequestReadyForReview: { pullRequest: { number: 7 } } } });

  await github.markReadyForReview(shop, 7);
});

test("errors that GraphQL reports under status 200 are verdicts or weather by their type", async () => {
  const { github, api } = wired();
  mintsTokens(api, 2);
  api.get("/repos/acme/shop/pulls/7").times(2).reply(200, { draft: true, node_id: "PR_7" });
  const graphql = nock("https://github.test");
  graphql.post("/api/graphql").reply(200, {
    data: null,
    errors: [{ type: "FORBIDDEN", message: "Resource not accessible" }],
  });
  graphql
    .post("/api/graphql")
    .reply(200, { data: null, errors: [{ message: "Something went wrong" }] });

  await expect(github.markReadyForReview(shop, 7)).rejects.toMatchObject({ retryable: false });
  await expect(github.markReadyForReview(shop, 7)).rejects.toMatchObject({ retryable: true });
});

test("a closed pull request is not closed again", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop/pulls/7").reply(200, { state: "closed", merged: true });

  await github.closePullRequest(shop, 7);
});
