import { expect, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { type GitHubWorld, onGitHub, SHOP } from "../../support/github-world.ts";

async function logOf(world: GitHubWorld) {
  return (await world.asApp.apps.listWebhookDeliveries()).data;
}

test("webhooks are signed and carry GitHub's headers (T1)", () =>
  onGitHub(async ({ bot, settled, arrived, app }) => {
    await bot.issues.create({ ...SHOP, title: "Task" });
    await settled();

    expect(arrived.every(({ signed }) => signed)).toBe(true);
    expect(arrived.at(-1)?.headers).toMatchObject({
      "x-github-event": "issues",
      "x-github-delivery": expect.stringMatching(/^[0-9a-f-]{36}$/u),
      "x-github-hook-installation-target-id": String(app.id),
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//u),
      "content-type": "application/json",
    });
  }));

test("a failed delivery is not repeated by itself, and repeated on request with its id (T1)", () =>
  onGitHub(async (world) => {
    await world.settled();
    world.hook.status = 500;
    await world.bot.issues.create({ ...SHOP, title: "Task" });
    await world.settled();
    const [failed] = await logOf(world);
    world.hook.status = 200;
    const again = { delivery_id: failed?.id ?? 0 };
    await world.asApp.apps.redeliverWebhookDelivery(again);
    await world.settled();

    const log = await logOf(world);

    expect(failed).toMatchObject({ event: "issues", action: "opened", status_code: 500 });
    const opened = world.arrived.filter(({ name }) => name === "issues.opened");
    expect(opened.map(({ guid }) => guid)).toEqual([failed?.guid, failed?.guid]);
    expect(log[0]).toMatchObject({ guid: failed?.guid, redelivery: true, status_code: 200 });
    const { data: one } = await world.asApp.apps.getWebhookDelivery(again);
    expect(one.request.payload).toMatchObject({ action: "opened" });
  }));

test("an App that does not answer in time has a timed out delivery (T1)", () =>
  onGitHub(
    async (world) => {
      await world.settled();
      world.hook.status = "silence";
      await world.bot.issues.create({ ...SHOP, title: "Task" });
      await world.settled();

      const [timedOut] = await logOf(world);

      expect(timedOut).toMatchObject({ event: "issues", status: "timed out", status_code: 504 });
    },
    { webhookTimeoutMs: 100 },
  ));

test("the log is read in pages by cursor, and by outcome (T1)", () =>
  onGitHub(async (world) => {
    for (const title of ["one", "two", "three"]) await world.bot.issues.create({ ...SHOP, title });
    await world.settled();

    const first = await world.asApp.apps.listWebhookDeliveries({ per_page: 2 });
    const cursor = /cursor=(\d+)/u.exec(first.headers.link ?? "")?.[1] ?? "";
    const second = await world.asApp.apps.listWebhookDeliveries({ per_page: 2, cursor });

    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(4);
  }));

test("what waits when the server stops is sent after it starts again (T1, R9)", () =>
  onGitHub(async (world) => {
    await world.settled();
    const { data: before } = await world.bot.issues.create({ ...SHOP, title: "Kept" });
    await world.restart();

    const names = await world.settled();
    const { data: after } = await world.bot.issues.get({ ...SHOP, issue_number: before.number });

    expect(after.title).toBe("Kept");
    expect(names.filter((name) => name === "issues.opened")).toHaveLength(1);
  }));

test("an App without the event or the repository is not told (T1)", () =>
  onGitHub(async ({ bot, control, app, folder, settled }) => {
    await control.createRepository({ owner: "acme", name: "other", from: `${folder}/source` });
    await control.installApp(app.slug, "acme", ["other"]);
    const { issues } = bot;
    await expect(issues.create({ ...SHOP, title: "No" })).rejects.toMatchObject({ status: 404 });

    const names = await settled();

    expect(names).toContain("installation_repositories.removed");
    expect(names).not.toContain("issues.opened");
  }));

test("webhooks can be lost, doubled and overtaken on request (T1, R9)", () =>
  onGitHub(async (world) => {
    const { control, bot } = world;
    await world.settled();
    await control.addFault({ kind: "webhook-drop", event: "issues" });
    await bot.issues.create({ ...SHOP, title: "lost" });
    await world.settled();
    await control.addFault({ kind: "webhook-duplicate", event: "issues" });
    await bot.issues.create({ ...SHOP, title: "doubled" });
    await world.settled();
    await control.addFault({ kind: "webhook-reorder", event: "issues" });
    await bot.issues.create({ ...SHOP, title: "late" });
    await bot.issues.create({ ...SHOP, title: "early" });
    await awaitFact(
      "both arrived",
      () => world.arrived.length,
      (count) => count >= 5,
    );

    const titles = world.arrived.slice(1).map(({ payload }) => payload.issue.title);

    expect(titles).toEqual(["doubled", "doubled", "early", "late"]);
    const guids = world.arrived.slice(1, 3).map(({ guid }) => guid);
    expect(guids[0]).toBe(guids[1]);
  }));
