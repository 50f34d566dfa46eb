import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GitHubError } from "../../../src/adapters/github/github-error.ts";
import { endWire, mintsTokens, privateKeyPem, shop, wired } from "./wired.ts";

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(endWire()).toEqual([]);
});

const firstTry = { marker: "ff:a", triedSince: null };

async function failureOf(work: Promise<unknown>): Promise<GitHubError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GitHubError)) throw new Error(`Not a GitHubError: ${String(error)}`);
  return error;
}

test("a gateway's HTML page under 502 is weather, and its page stays out of the message (R7)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .get("/repos/acme/shop")
    .reply(502, "<html>Unicorn!</html>", { "content-type": "text/html; charset=utf-8" });

  const failure = await failureOf(github.defaultBranch(shop));

  expect(failure).toMatchObject({ port: "github", retryable: true, status: 502, retryAtMs: null });
  expect(failure.message).toBe(
    "GET /repos/acme/shop was answered 502: no JSON but text/html; charset=utf-8",
  );
});

test("an answer that is cut off in the middle of its JSON is in doubt, not a comment (R7)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .post("/repos/acme/shop/issues/5/comments")
    .reply(201, '{"id": 12, "bo', { "content-type": "application/json" });

  const failure = await failureOf(github.createComment(shop, 5, "hello", firstTry));

  expect(failure).toMatchObject({ retryable: true, status: null });
  expect(failure.message).toContain("not JSON");
});

test("a connection that breaks is weather, whatever broke it (R7)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop").replyWithError("socket hang up");

  const failure = await failureOf(github.defaultBranch(shop));

  expect(failure).toMatchObject({ retryable: true, status: null });
  expect(failure.message).toBe("GET /repos/acme/shop got no answer: socket hang up");
});

test("a secondary limit sends everyone of that installation away until it ends (R7)", async () => {
  const { github, api, clock } = wired();
  mintsTokens(api);
  api
    .post("/repos/acme/shop/issues/5/comments")
    .reply(403, { message: "You have exceeded a secondary rate limit." }, { "retry-after": "120" });

  const limited = await failureOf(github.createComment(shop, 5, "hello", firstTry));
  const early = await failureOf(github.defaultBranch(shop));
  clock.advance(120_000);
  api.get("/repos/acme/shop").reply(200, { default_branch: "main" });

  expect(limited.retryable).toBe(true);
  expect(limited.retryAtMs).toBe(Date.parse("2026-11-22T12:02:00Z"));
  expect(early).toMatchObject({ retryable: true, retryAtMs: limited.retryAtMs });
  expect(await github.defaultBranch(shop)).toBe("main");
});

test("a limit that names no time is met with a minute, then two (R7)", async () => {
  const { github, api, clock } = wired();
  mintsTokens(api);
  api
    .get("/repos/acme/shop")
    .times(2)
    .reply(403, { message: "You have exceeded a secondary rate limit" });

  const first = await failureOf(github.defaultBranch(shop));
  clock.advance(60_000);
  const second = await failureOf(github.defaultBranch(shop));

  expect((first.retryAtMs ?? 0) - Date.parse("2026-11-22T12:00:00Z")).toBe(60_000);
  expect((second.retryAtMs ?? 0) - Date.parse("2026-11-22T12:01:00Z")).toBe(120_000);
});

test("a spent primary limit is over when GitHub says it is reset (R7)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  const resetAtMs = Date.parse("2026-11-22T12:31:00Z");
  api
    .get("/repos/acme/shop")
    .reply(
      403,
      { message: "API rate limit exceeded" },
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(resetAtMs / 1000) },
    );

  const failure = await failureOf(github.defaultBranch(shop));

  expect(failure).toMatchObject({ retryable: true, retryAtMs: resetAtMs });
});

test("a limit of one installation does not hold up another (R7)", async () => {
  const { github, api } = wired();
  mintsTokens(api);
  api.get("/repos/acme/shop").reply(429, { message: "slow down" }, { "retry-after": "60" });
  await failureOf(github.defaultBranch(shop));

  api.post("/app/installations/10/access_tokens").reply(201, { token: "ghs_other" });
  api.get("/repos/acme/bakery").reply(200, { default_branch: "trunk" });
  const bakery = { ...shop, installationId: 10, githubId: 4712, name: "bakery" };

  expect(await github.defaultBranch(bakery)).toBe("trunk");
});

test.each([
  [403, "Resource not accessible by integration"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [409, "Conflict"],
  [422, "Validation Failed"],
])("an answer of %i is a verdict with GitHub's words", async (status, message) => {
  const { github, api } = wired();
  mintsTokens(api);
  api
    .patch("/repos/acme/shop/issues/5")
    .reply(status, { message, errors: [{ resource: "Issue", field: "state", code: "invalid" }] });

  const failure = await failureOf(github.closeIssue(shop, 5, "completed"));

  expect(failure).toMatchObject({ retryable: false, status, retryAtMs: null });
  expect(failure.message).toBe(
    `PATCH /repos/acme/shop/issues/5 was answered ${status}: ${message}: Issue state invalid`,
  );
});

test("a rejected token is minted anew once, and the request sent again (R7)", async () => {
  const { github, api } = wired();
  mintsTokens(api, 2);
  api
    .get("/repos/acme/shop")
    .matchHeader("authorization", "token ghs_fake1")
    .reply(401, { message: "Bad credentials" });
  api
    .get("/repos/acme/shop")
    .matchHeader("authorization", "token ghs_fake2")
    .reply(200, { default_branch: "main" });

  expect(await github.defaultBranch(shop)).toBe("main");
});

test("a token rejected twice is a verdict", async () => {
  const { github, api } = wired();
  mintsTokens(api, 2);
  api.get("/repos/acme/shop").times(2).reply(401, { message: "Bad credentials" });

  const failure = await failureOf(github.defaultBranch(shop));

  expect(failure).toMatchObject({ retryable: false, status: 401 });
});

test("a mint that failed is tried again by the next request (R7)", async () => {
  const { github, api } = wired();
  api.post("/app/installations/9/access_tokens").reply(503, { message: "unavailable" });
  const failure = await failureOf(github.defaultBranch(shop));
  mintsTokens(api);
  api.get("/repos/acme/shop").reply(200, { default_branch: "main" });

  expect(failure).toMatchObject({ retryable: true, status: 503 });
  expect(await github.defaultBranch(shop)).toBe("main");
});

test("neither messages nor causes nor logs hold a token or the key (S6)", async () => {
  const { github, api, logged } = wired();
  mintsTokens(api);
  api
    .get("/repos/acme/shop")
    .reply(422, { message: "no ghs_abcdefghijklmnopqrstuvwxyz123456 for you" });
  const verdict = await failureOf(github.defaultBranch(shop));
  api
    .get("/repos/acme/shop")
    .replyWithError("no way with token ghs_abcdefghijklmnopqrstuvwxyz123456");
  const weather = await failureOf(github.defaultBranch(shop));

  const shown = JSON.stringify([
    verdict,
    verdict.message,
    verdict.cause,
    weather,
    weather.message,
    logged,
  ]);
  expect(shown).not.toMatch(/ghs_|authorization/i);
  expect(shown).not.toContain(privateKeyPem.slice(40, 90));
  expect(verdict.cause).toBeUndefined();
});
