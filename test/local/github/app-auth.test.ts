import { createSign } from "node:crypto";
import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { type GitHubWorld, onGitHub, SHOP } from "../../support/github-world.ts";

const HOUR_MS = 3_600_000;

function jwt(world: GitHubWorld, claims: object, key = world.app.privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${createSign("RSA-SHA256").update(content).sign(key, "base64url")}`;
}

function withBearer(world: GitHubWorld, token: string): Octokit {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return new Octokit({ baseUrl: `${world.url}/api/v3`, auth: token, log: quiet });
}

test("an App knows itself by a JWT with its id or its client id (T1)", () =>
  onGitHub(async (world) => {
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now - 30, exp: now + 300 };

    for (const iss of [world.app.id, String(world.app.id), world.app.clientId]) {
      const { data } = await withBearer(
        world,
        jwt(world, { ...times, iss }),
      ).apps.getAuthenticated();
      expect(data?.slug).toBe("test-app");
    }
  }));

test.each([
  ["that has ended", -700, -100],
  ["that lasts longer than ten minutes", 0, 1200],
  ["from the future", 600, 900],
])("a JWT %s is refused (T1)", (_, iatFromNow, expFromNow) =>
  onGitHub(async (world) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: world.app.id, iat: now + iatFromNow, exp: now + expFromNow };

    const asked = withBearer(world, jwt(world, claims)).apps.getAuthenticated();

    await expect(asked).rejects.toMatchObject({ status: 401 });
  }),
);

test("a JWT signed with another key is refused (T1)", () =>
  onGitHub(async (world) => {
    const wish = { name: "Other", owner: "acme", permissions: {}, events: [] };
    const other = await world.control.registerApp(wish);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: world.app.id, iat: now, exp: now + 60 };

    const asked = withBearer(world, jwt(world, claims, other.privateKey)).apps.getAuthenticated();

    await expect(asked).rejects.toMatchObject({ status: 401 });
  }));

test("installation tokens are long, name their App, and end after an hour (T1)", () =>
  onGitHub(async (world) => {
    const { installationId: installation_id, app } = world;
    const { data } = await world.asApp.apps.createInstallationAccessToken({ installation_id });
    const worker = withBearer(world, data.token);
    await worker.issues.listForRepo(SHOP);
    await world.control.advanceClock(HOUR_MS + 1000);

    expect(data.token).toMatch(new RegExp(`^ghs_${app.id}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`, "u"));
    await expect(worker.issues.listForRepo(SHOP)).rejects.toMatchObject({ status: 401 });
  }));

test("a narrowed token is refused what it was not given, and does not see other repositories (T1)", () =>
  onGitHub(async (world) => {
    const { installationId: installation_id, control } = world;
    await control.createRepository({
      owner: "acme",
      name: "other",
      from: `${world.folder}/source`,
    });
    const permissions = { issues: "read" } as const;
    const wish = { installation_id, repositories: ["shop"], permissions };
    const { data } = await world.asApp.apps.createInstallationAccessToken(wish);
    const worker = withBearer(world, data.token);

    const { data: seen } = await worker.apps.listReposAccessibleToInstallation();
    const writing = worker.issues.create({ ...SHOP, title: "No" });
    const elsewhere = worker.issues.listForRepo({ owner: "acme", repo: "other" });

    expect(seen.repositories.map(({ name }) => name)).toEqual(["shop"]);
    await expect(writing).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-accepted-github-permissions": "issues=write" } },
    });
    await expect(elsewhere).rejects.toMatchObject({ status: 404 });
  }));

test("a token cannot be given more than the installation has (T1)", () =>
  onGitHub(async ({ asApp, installationId: installation_id }) => {
    const more = { installation_id, permissions: { administration: "write" } } as const;
    const unknown = { installation_id, repositories: ["nowhere"] };

    await expect(asApp.apps.createInstallationAccessToken(more)).rejects.toMatchObject({
      status: 422,
    });
    await expect(asApp.apps.createInstallationAccessToken(unknown)).rejects.toMatchObject({
      status: 422,
    });
  }));

test("a suspended App is refused, a removed one gets no token (T1)", () =>
  onGitHub(async ({ asApp, bot, control, installationId: installation_id, settled }) => {
    await bot.issues.listForRepo(SHOP);
    await control.changeInstallation(installation_id, { suspended: true });
    await expect(bot.issues.listForRepo(SHOP)).rejects.toMatchObject({ status: 403 });
    await control.changeInstallation(installation_id, { suspended: false });
    await bot.issues.listForRepo(SHOP);
    await control.removeInstallation(installation_id);

    await expect(asApp.apps.getInstallation({ installation_id })).rejects.toMatchObject({
      status: 404,
    });
    expect(await settled()).toEqual([
      "installation.created",
      "installation.suspend",
      "installation.unsuspend",
      "installation.deleted",
    ]);
  }));

test("a permission taken away is refused from then on (T1)", () =>
  onGitHub(async ({ asApp, control, installationId: installation_id, url }) => {
    await control.changeInstallation(installation_id, { permissions: { issues: "read" } });
    const { data } = await asApp.apps.createInstallationAccessToken({ installation_id });

    const response = await fetch(`${url}/repos/acme/shop/issues`, {
      method: "POST",
      headers: { authorization: `Bearer ${data.token}` },
      body: JSON.stringify({ title: "No" }),
    });

    expect([response.status, data.permissions]).toEqual([
      403,
      { metadata: "read", issues: "read" },
    ]);
  }));

test("the installation is found by repository and by account (T1)", () =>
  onGitHub(async ({ asApp, installationId }) => {
    const byRepository = await asApp.apps.getRepoInstallation(SHOP);
    const byOwner = await asApp.apps.getOrgInstallation({ org: "acme" });
    const all = await asApp.apps.listInstallations();

    const ids = [byRepository.data.id, byOwner.data.id, ...all.data.map(({ id }) => id)];
    expect(ids).toEqual([installationId, installationId, installationId]);
  }));

test("nobody sees a private repository without a role; roles are told in both words (T1, S1)", () =>
  onGitHub(async ({ as, bot, control, dana, url }) => {
    const stranger = await control.createUser("stranger");
    const told: unknown[] = [];
    for (const role of ["none", "read", "triage", "write", "maintain", "admin"] as const) {
      await control.setRole("acme/shop", "stranger", role);
      const wish = { ...SHOP, username: "stranger" };
      const { data } = await bot.repos.getCollaboratorPermissionLevel(wish);
      told.push([data.permission, data.role_name]);
    }
    await control.setRole("acme/shop", "stranger", "none");

    expect(told).toEqual([
      ["none", "none"],
      ["read", "read"],
      ["read", "triage"],
      ["write", "write"],
      ["write", "maintain"],
      ["admin", "admin"],
    ]);
    await expect(as(stranger).repos.get(SHOP)).rejects.toMatchObject({ status: 404 });
    expect((await as(dana).repos.get(SHOP)).data.permissions?.push).toBe(true);
    expect((await fetch(`${url}/repos/acme/shop`)).status).toBe(404);
  }));

test("only an App makes check runs, and only its own are changed (T1)", () =>
  onGitHub(async ({ as, dana, bot, settled }) => {
    const { data: branch } = await bot.repos.getBranch({ ...SHOP, branch: "main" });
    const wish = { ...SHOP, name: "verify", head_sha: branch.commit.sha };
    await expect(as(dana).checks.create(wish)).rejects.toMatchObject({ status: 403 });
    const { data: run } = await bot.checks.create({ ...wish, status: "in_progress" });
    const output = { title: "Passed", summary: "All" };
    const change = { ...SHOP, check_run_id: run.id, conclusion: "success", output } as const;
    await bot.checks.update(change);
    await expect(as(dana).checks.update(change)).rejects.toMatchObject({ status: 403 });

    const { data: named } = await bot.checks.listForRef({
      ...SHOP,
      ref: "main",
      check_name: "verify",
    });
    const { data: none } = await bot.checks.listForRef({
      ...SHOP,
      ref: "main",
      check_name: "else",
    });
    const { data: suites } = await bot.checks.listSuitesForRef({ ...SHOP, ref: "main" });

    expect(named.check_runs).toMatchObject([{ id: run.id, status: "completed", output }]);
    expect([none.total_count, suites.check_suites[0]?.conclusion]).toEqual([0, "success"]);
    const names = await settled();
    expect(names).toEqual(expect.arrayContaining(["check_run.completed", "check_suite.completed"]));
  }));

test("commit statuses are combined to the worst of the latest (T1)", () =>
  onGitHub(async ({ bot, settled }) => {
    const { data: branch } = await bot.repos.getBranch({ ...SHOP, branch: "main" });
    const at = { ...SHOP, sha: branch.commit.sha };
    await bot.repos.createCommitStatus({ ...at, state: "failure", context: "ci" });
    await bot.repos.createCommitStatus({ ...at, state: "success", context: "ci" });
    await bot.repos.createCommitStatus({ ...at, state: "pending", context: "lint" });

    const { data } = await bot.repos.getCombinedStatusForRef({ ...SHOP, ref: "main" });

    expect([data.state, data.total_count]).toEqual(["pending", 2]);
    expect(await settled()).toContain("status");
  }));
