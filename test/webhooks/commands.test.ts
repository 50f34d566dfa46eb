import { expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import { type Hearing, issue, people, withWebhooks } from "./hear.ts";

const labelled = (number: number, more: object = {}) => ({
  action: "labeled",
  label: { name: "epic" },
  issue: issue(number).payload,
  ...more,
});

async function startEpic({ hear, truth, store }: Hearing): Promise<number> {
  truth.issues.set(12, issue(12).snapshot);
  await hear("issues", labelled(12));
  const [epicId] = await store.epics.openIds();
  if (epicId === undefined) throw new Error("no epic was started");
  return epicId;
}

const comment = (body: string, by: object = people.ana, id = 500) => ({
  action: "created",
  issue: { number: 12 },
  comment: { id, body, user: by },
});

test("whoever has no permission gets no answer to any command (S1)", () =>
  withWebhooks(async (hearing) => {
    await startEpic(hearing);
    await takeEffects(hearing);
    hearing.truth.permissions.eve = "read";
    const eve = { id: 66, login: "eve", type: "User" };

    await hearing.hear("issue_comment", comment("/ff x\n".repeat(2_000), eve));
    await hearing.hear("issue_comment", comment("/ff help", { ...eve, login: "nobody" }, 501));

    expect(await takeEffects(hearing)).toEqual([]);
  }));

test("of a comment five commands are read, and what was not done is told once (S1)", () =>
  withWebhooks(async (hearing) => {
    await startEpic(hearing);
    await takeEffects(hearing);
    const said = comment("/ff x\n".repeat(1_000));

    await hearing.hear("issue_comment", said);
    await hearing.hear("issue_comment", said);

    const answers = await takeEffects(hearing);
    expect(answers.map(({ kind }) => kind)).toEqual(["react", "react", "say"]);
    expect(JSON.stringify(answers.at(-1))).toContain("Only the first 5 commands");
  }));

test("the same refusal is told a person once, then it is a reaction; another one is told (S1, H6)", () =>
  withWebhooks(async (hearing) => {
    await startEpic(hearing);
    await takeEffects(hearing);
    const said = async (id: number, body: string, by: object = people.rita) => {
      await hearing.hear("issue_comment", comment(body, by, id));
      return (await takeEffects(hearing)).map(({ kind }) => kind);
    };
    const told = ["react", "react", "say"];

    expect(await said(501, "/ff pause")).toEqual(told);
    expect(await said(502, "/ff pause now")).toEqual(["react", "react"]);
    expect(await said(503, "/ff resume")).toEqual(told);
    expect(await said(504, "/ff paus")).toEqual(told);
    expect(await said(505, "/ff resume", people.ana)).toEqual(told);
    expect(await said(506, "/ff help\n/ff pause")).toEqual(["react", "react", "react", "say"]);
  }));

test("a refusal that was told long ago is told again (S1, H6)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const { epics } = hearing.store;
    await hearing.hear("issue_comment", comment("/ff resume"));

    const told = async (withinMs: number) =>
      await epics.refusalsTold(epicId, people.ana.id, withinMs);
    expect([...(await told(60_000)).here]).toHaveLength(1);
    expect(await told(0)).toEqual({ here: new Set(), everywhere: 0 });
  }));

test("commands that do not exist are one refusal, however they are written (S1)", () =>
  withWebhooks(async (hearing) => {
    await startEpic(hearing);
    const told: number[] = [];
    for (let id = 1; id <= 4; id += 1) {
      await takeEffects(hearing);
      await hearing.hear("issue_comment", comment(`/ff qqqqqq${id}`, people.rita, 500 + id));
      told.push((await takeEffects(hearing)).filter(({ kind }) => kind === "say").length);
    }

    expect(told).toEqual([1, 0, 0, 0]);
  }));

test("a person is told only so many refusals an hour, and by the last one that it is so (S1, H6)", () =>
  withWebhooks(
    async (hearing) => {
      const epicId = await startEpic(hearing);
      const told: string[] = [];
      for (let id = 1; id <= 5; id += 1) {
        await takeEffects(hearing);
        await hearing.hear(
          "issue_comment",
          comment(`/ff model bad${id} sonnet`, people.ana, 500 + id),
        );
        const says = (await takeEffects(hearing)).filter(({ kind }) => kind === "say");
        told.push(says.length === 0 ? "" : JSON.stringify(says));
      }

      expect(told.map((one) => one !== "")).toEqual([true, true, true, false, false]);
      expect(told.map((one) => one.includes("for a while"))).toEqual([
        ...[false, false, true, false, false],
      ]);
      const { epics } = hearing.store;
      expect((await epics.refusalsTold(epicId, people.ana.id, 60_000)).everywhere).toBe(3);
      await hearing.hear("issue_comment", comment("/ff resume", people.rita, 600));
      expect((await takeEffects(hearing)).map(({ kind }) => kind)).toContain("say");
    },
    "auto",
    { mostRefusalsTold: 3 },
  ));

test("what was told longer ago than the quiet time is forgotten (S1)", () =>
  withWebhooks(
    async (hearing) => {
      const epicId = await startEpic(hearing);
      const { epics } = hearing.store;
      await hearing.hear("issue_comment", comment("/ff resume"));
      await hearing.hear("issue_comment", comment("/ff qqqqqq", people.rita, 501));

      expect((await epics.refusalsTold(epicId, people.ana.id, 60_000)).everywhere).toBe(0);
      expect((await epics.refusalsTold(epicId, people.rita.id, 60_000)).everywhere).toBe(1);
    },
    "auto",
    { refusalQuietMs: 0 },
  ));

test("what stands around the commands of a person with write permission is mail too (H3, H7)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);

    await hearing.hear(
      "issue_comment",
      comment("Use cents.\n\n/ff pause lunch\n/ff resume\n\nThanks!"),
    );
    await hearing.hear("issue_comment", comment("Me too.\n\n/ff status", people.rita, 501));

    const { epic, unreadMail } = await hearing.store.epics.view(epicId);
    expect(epic.state).toBe("IN_PROGRESS");
    expect(unreadMail.map(({ to, body }) => [to, body])).toEqual([
      ["supervisor", "Use cents.\n\n\nThanks!"],
    ]);
  }));

/** What waits for GitHub, in order; it waits no more. */
async function takeEffects({ store }: Hearing): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (const lane of await store.outbox.dueLanes("epic/")) {
    const epoch = await store.outbox.claimLane(lane, "test", 60_000);
    if (epoch === null) throw new Error(`${lane} is held`);
    for (let next = await store.outbox.next(lane, epoch); next; ) {
      const { id, epicId, effect } = next;
      effects.push(effect);
      await store.epics.change(epicId, { what: "test", actor: null }, () => ({
        decision: {},
        notes: [{ kind: "effectDone", id, epoch }],
        result: null,
      }));
      next = await store.outbox.next(lane, epoch);
    }
    await store.outbox.releaseLane(lane, epoch);
  }
  return effects;
}
