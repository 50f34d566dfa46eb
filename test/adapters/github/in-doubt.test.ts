import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endWire, knowsApp, mintsTokens, shop, wired } from "./wired.ts";

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(endWire()).toEqual([]);
});

const again = { marker: "ff:k1", triedSince: "2026-11-22T12:00:00.000Z" };
const since = { since: "2026-11-22T11:55:00.000Z", per_page: "100" };
const ours = { performed_via_github_app: { id: 77 }, user: { login: "factory[bot]", type: "Bot" } };
const marked = "done\n\n<!-- ff:k1 -->";

test("the first try looks for nothing and creates", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.post("/repos/acme/shop/issues/5/comments", { body: marked }).reply(201, { id: 31 });

  const first = { ...again, triedSince: null };

  expect(await github.createComment(shop, 5, marked, first)).toEqual({ id: 31 });
});

test("a comment whose reply was lost is found by its marker, on any page (R9)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  knowsApp(api);
  const second = "https://github.test/api/v3/repos/acme/shop/issues/5/comments?page=2";
  api
    .get("/repos/acme/shop/issues/5/comments")
    .query(since)
    .reply(200, [{ id: 30, body: "hello", user: { login: "mona", type: "User" } }], {
      link: `<${second}>; rel="next"`,
    });
  api
    .get("/repos/acme/shop/issues/5/comments")
    .query({ page: "2" })
    .reply(200, [{ id: 31, body: marked, ...ours }]);

  expect(await github.createComment(shop, 5, marked, again)).toEqual({ id: 31 });
});

test("a marker in a person's comment, or the start of a longer marker, proves nothing (S2a, R9)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  knowsApp(api);
  api
    .get("/repos/acme/shop/issues/5/comments")
    .query(since)
    .reply(200, [
      { id: 28, body: "<!-- ff:k12 -->", ...ours },
      { id: 29, body: marked, user: { login: "factory[bot]", type: "User" } },
      { id: 30, body: marked, user: { login: "other[bot]", type: "Bot" } },
    ]);
  api.post("/repos/acme/shop/issues/5/comments").reply(201, { id: 32 });

  expect(await github.createComment(shop, 5, marked, again)).toEqual({ id: 32 });
});

test("an issue whose reply was lost is found among all issues, closed ones too (R9)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  knowsApp(api);
  api
    .get("/repos/acme/shop/issues")
    .query({ ...since, state: "all" })
    .reply(200, [{ id: 900, number: 12, body: marked, ...ours }]);
  const issue = { title: "a", body: marked, labels: ["ff:pending"] };

  expect(await github.createIssue(shop, issue, again)).toEqual({ id: 900, number: 12 });
});

test("a review whose reply was lost is found by marker and the App's bot (R9)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  knowsApp(api);
  api
    .get("/repos/acme/shop/pulls/7/reviews")
    .query({ per_page: "100" })
    .reply(200, [{ id: 1, body: marked, user: { login: "factory[bot]", type: "Bot" } }]);

  await github.review(shop, 7, { sha: "a".repeat(40), body: marked }, again);
});

test("a look-up that fails creates nothing (R9)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop/issues/5/comments").query(since).reply(502, "bad gateway");

  await expect(github.createComment(shop, 5, marked, again)).rejects.toMatchObject({
    retryable: true,
    status: 502,
  });
});

test("a second pull request of the same head and base is the first one (R9)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.post("/repos/acme/shop/pulls").reply(422, {
    message: "Validation Failed",
    errors: [{ message: "A pull request already exists for acme:ff/task-2-x." }],
  });
  api
    .get("/repos/acme/shop/pulls")
    .query({ state: "open", head: "acme:ff/task-2-x", base: "ff/epic-1-y" })
    .reply(200, [
      { number: 3, head: { ref: "other" }, base: { ref: "ff/epic-1-y" } },
      { number: 4, head: { ref: "ff/task-2-x" }, base: { ref: "ff/epic-1-y" } },
    ]);
  const request = { title: "t", body: "b", head: "ff/task-2-x", base: "ff/epic-1-y", draft: false };

  expect(await github.openPullRequest(shop, request)).toEqual({ number: 4 });
});

test("where a plan has no drafts the pull request is opened ready (L10)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .post("/repos/acme/shop/pulls", (body) => body.draft === true)
    .reply(422, { message: "Draft pull requests are not supported in this repository." });
  api.get("/repos/acme/shop/pulls").query(true).reply(200, []);
  api.post("/repos/acme/shop/pulls", (body) => body.draft === false).reply(201, { number: 8 });
  const request = { title: "t", body: "b", head: "ff/epic-1-y", base: "main", draft: true };

  expect(await github.openPullRequest(shop, request)).toEqual({ number: 8 });
});

test("any other refusal of a pull request is the verdict GitHub gave", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.post("/repos/acme/shop/pulls").reply(422, {
    message: "Validation Failed",
    errors: [{ message: "No commits between main and ff/epic-1-y" }],
  });
  api.get("/repos/acme/shop/pulls").query(true).reply(200, []);
  const request = { title: "t", body: "b", head: "ff/epic-1-y", base: "main", draft: true };

  await expect(github.openPullRequest(shop, request)).rejects.toThrow(/No commits between/);
});

test.each([
  ["sub_issues", "sub_issue_id"],
  ["dependencies/blocked_by", "issue_id"],
])("a link of %s that is there already is success (R9)", async (path, field) => {
  const { github, api } = wired();
  mintsTokens(api, 1);
  api
    .post(`/repos/acme/shop/issues/1/${path}`, { [field]: 900 })
    .reply(422, { message: "Issue may not contain duplicate sub-issues" });
  api
    .get(`/repos/acme/shop/issues/1/${path}`)
    .query({ per_page: "100" })
    .reply(200, [{ id: 899 }, { id: 900 }]);

  await (path === "sub_issues"
    ? github.addSubIssue(shop, 1, 900)
    : github.addBlockedBy(shop, 1, 900));
});

test("a link that GitHub refuses for another reason is a verdict", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .post("/repos/acme/shop/issues/1/sub_issues")
    .reply(422, { message: "Parent cannot have more than 100 sub-issues" });
  api
    .get("/repos/acme/shop/issues/1/sub_issues")
    .query(true)
    .reply(200, [{ id: 899 }]);

  await expect(github.addSubIssue(shop, 1, 900)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining("more than 100 sub-issues"),
  });
});

test("a check run of the same name, commit and id is not published twice (R9)", async () => {
  const { github, api } = wired();
  const sha = "b".repeat(40);
  mintsTokens(api);
  api
    .get(`/repos/acme/shop/commits/${sha}/check-runs`)
    .query({ check_name: "FactoryFactory / review", filter: "all", per_page: "100" })
    .reply(200, { total_count: 2, check_runs: [{ external_id: "k0" }, { external_id: "k1" }] });

  await github.publishCheck(shop, {
    name: "FactoryFactory / review",
    sha,
    externalId: "k1",
    conclusion: "success",
    title: "Approved",
    summary: "…",
  });
});
