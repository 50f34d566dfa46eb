import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endWire, mintsTokens, origin, shop, wired } from "./wired.ts";

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(endWire()).toEqual([]);
});

test("a token is for one repository and can do no more than what it was minted for (S6)", async () => {
  const { github, api } = wired();
  const asked = mintsTokens(api, 2);
  api.get("/repos/acme/shop").reply(200, { default_branch: "main" });

  await github.defaultBranch(shop);
  await github.gitRemote(shop);

  expect(asked).toEqual([
    {
      repository_ids: [4711],
      permissions: { metadata: "read", issues: "write", pull_requests: "write" },
    },
    { repository_ids: [4711], permissions: { metadata: "read", contents: "write" } },
  ]);
});

test("git gets the repository's address and a token that may write its contents", async () => {
  const { github, api } = wired();
  mintsTokens(api);

  expect(await github.gitRemote(shop)).toEqual({
    url: `${origin}/acme/shop.git`,
    token: "ghs_fake1",
  });
});

test("a token is used for fifty minutes and then minted anew", async () => {
  const { github, api, clock } = wired();
  mintsTokens(api, 2);

  const first = await github.gitRemote(shop);
  clock.advance(50 * 60_000 - 1);
  const second = await github.gitRemote(shop);
  clock.advance(1);
  const third = await github.gitRemote(shop);

  expect([first, second, third].map(({ token }) => token)).toEqual([
    "ghs_fake1",
    "ghs_fake1",
    "ghs_fake2",
  ]);
});

test("requests at the same moment share one mint, also when the token was rejected", async () => {
  const { github, api } = wired();
  mintsTokens(api, 2);
  api
    .get("/repos/acme/shop")
    .matchHeader("authorization", "token ghs_fake1")
    .times(3)
    .reply(401, { message: "Bad credentials" });
  api
    .get("/repos/acme/shop")
    .matchHeader("authorization", "token ghs_fake2")
    .times(3)
    .reply(200, { default_branch: "main" });

  const branches = await Promise.all([1, 2, 3].map(() => github.defaultBranch(shop)));

  expect(branches).toEqual(["main", "main", "main"]);
});

test("an installation that is gone is a verdict", async () => {
  const { github, api } = wired();
  api.post("/app/installations/9/access_tokens").reply(404, { message: "Not Found" });

  await expect(github.gitRemote(shop)).rejects.toMatchObject({ retryable: false, status: 404 });
});

test("git whose token was refused gets one that was never used", async () => {
  const { github, api } = wired();
  mintsTokens(api, 2);

  const refused = await github.gitRemote(shop);
  const fresh = await github.gitRemote(shop, { fresh: true });
  const next = await github.gitRemote(shop);

  expect([refused, fresh, next].map(({ token }) => token)).toEqual([
    "ghs_fake1",
    "ghs_fake2",
    "ghs_fake2",
  ]);
});
