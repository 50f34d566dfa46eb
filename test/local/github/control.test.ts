import { expect, test } from "vitest";
import { onGitHub, SHOP } from "../../support/github-world.ts";

test("control is closed without its token (T1)", () =>
  onGitHub(async ({ url, bot }) => {
    await bot.repos.get(SHOP);
    const response = await fetch(`${url}/_control/state`, {
      headers: { authorization: "Bearer x" },
    });

    expect(response.status).toBe(401);
  }));

test("a fault answers so many requests that fit, and then no more (T1, R9)", () =>
  onGitHub(async ({ bot, control }) => {
    await control.addFault({
      kind: "status",
      method: "GET",
      path: "/issues$",
      status: 502,
      times: 2,
    });
    const list = () =>
      bot.issues.listForRepo(SHOP).then(
        ({ status }) => status,
        ({ status }) => status,
      );

    expect([await list(), await list(), await list()]).toEqual([502, 502, 200]);
    expect(await control.faults()).toEqual([]);
  }));

test("a dropped request did not happen, a dropped answer did (T1, R9)", () =>
  onGitHub(async ({ bot, control }) => {
    const wish = { path: "/issues$", method: "POST" };
    await control.addFault({ kind: "drop-before", ...wish });
    await expect(bot.issues.create({ ...SHOP, title: "before" })).rejects.toThrow();
    await control.addFault({ kind: "drop-after", ...wish });
    await expect(bot.issues.create({ ...SHOP, title: "after" })).rejects.toThrow();

    const { data } = await bot.issues.listForRepo(SHOP);

    expect(data.map(({ title }) => title)).toEqual(["after"]);
  }));

test("limits on creating content are refused with how long to wait (T1)", () =>
  onGitHub(async ({ bot, control }) => {
    await control.setLimits({ contentPerMinute: 2 });
    const create = () => bot.issues.create({ ...SHOP, title: "Task" });
    await create();
    await create();

    await expect(create()).rejects.toMatchObject({
      status: 403,
      response: { headers: { "retry-after": "60" } },
    });
    await control.advanceClock(61_000);
    expect((await create()).status).toBe(201);
  }));

test("the hour's budget is counted down, told, refused when empty, and full again (T1)", () =>
  onGitHub(async ({ as, dana, control }) => {
    const { issues, rateLimit } = as(dana);
    await control.setLimits({ primaryPerHour: 3 });
    const { headers } = await issues.listForRepo(SHOP);
    const { data: left } = await rateLimit.get();
    await issues.listForRepo(SHOP);
    await issues.listForRepo(SHOP);

    await expect(issues.listForRepo(SHOP)).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-ratelimit-remaining": "0" } },
    });
    await control.advanceClock(3_600_000);
    expect((await issues.listForRepo(SHOP)).status).toBe(200);
    expect([headers["x-ratelimit-remaining"], left.rate.remaining]).toEqual(["2", 2]);
  }));

test("requests are counted by kind, and whether they create content (T1, O2)", () =>
  onGitHub(async ({ bot, control, cloneAs, dana }) => {
    await control.resetRequests();
    await bot.issues.create({ ...SHOP, title: "Task" });
    await cloneAs(dana.token, "clone");

    const { requests, content } = await control.requests();

    const names = requests.map(({ kind, method, name }) => `${kind} ${method} ${name}`);
    expect(content).toBe(1);
    expect(names).toEqual(
      expect.arrayContaining([
        "rest POST /repos/{owner}/{repo}/issues",
        "rest POST /app/installations/{installation_id}/access_tokens",
        "git GET info/refs",
        "git POST git-upload-pack",
      ]),
    );
  }));

test("the state can be read whole, without secrets (T1)", () =>
  onGitHub(async ({ bot, control, app, dana }) => {
    await bot.issues.create({ ...SHOP, title: "Task" });

    const state = await control.state();

    expect(state.repositories).toMatchObject([{ fullName: "acme/shop", defaultBranch: "main" }]);
    expect(Object.keys(state.repositories[0]?.refs ?? {})).toEqual(["refs/heads/main"]);
    expect(state.issues).toMatchObject([{ title: "Task", number: 1 }]);
    const text = JSON.stringify(state);
    for (const secret of [app.privateKey.slice(40, 80), app.webhookSecret, dana.token]) {
      expect(text).not.toContain(secret);
    }
  }));

test("a repository without commits cannot be served (T1)", () =>
  onGitHub(async ({ control, folder, bot }) => {
    await bot.repos.get(SHOP);
    const wish = { owner: "acme", name: "none", from: folder };

    await expect(control.createRepository(wish)).rejects.toThrow("no git repository with commits");
  }));

test("a renamed repository is told and found under its new name (T1)", () =>
  onGitHub(async ({ control, bot, arrived, settled }) => {
    await control.renameRepository("acme/shop", "store");

    const { data } = await bot.repos.get({ owner: "acme", repo: "store" });

    expect(data.full_name).toBe("acme/store");
    expect(await settled()).toContain("repository.renamed");
    const told = arrived.find(({ name }) => name === "repository.renamed")?.payload;
    expect(told.changes.repository.name.from).toBe("shop");
  }));

test("broken JSON is 400, an unknown path 404, a wrong body 422 (T1)", () =>
  onGitHub(async ({ url, dana }) => {
    const headers = { authorization: `token ${dana.token}` };
    const post = (path: string, body: string) =>
      fetch(`${url}${path}`, { method: "POST", headers, body });

    const statuses = [
      (await post("/repos/acme/shop/issues", "{")).status,
      (await post("/repos/acme/shop/nothing", "{}")).status,
      (await post("/repos/acme/shop/issues", '{"body":"no title"}')).status,
    ];

    expect(statuses).toEqual([400, 404, 422]);
  }));
