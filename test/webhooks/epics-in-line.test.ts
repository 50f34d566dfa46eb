import { expect, test } from "vitest";
import { completeEpic } from "../../src/domain/decide-epic.ts";
import { startQueuedEpics } from "../../src/webhooks/start-queued-epics.ts";
import { rules } from "../support/store.ts";
import { takeMessages } from "../support/take-messages.ts";
import { type Hearing, issue, withWebhooks } from "./hear.ts";

const epicLimits = { maxEpics: 1, maxInReview: 1, sharePercent: 100 };
const settings = { epicLimits, profileRules: rules, repeatedEpicPercent: 101 };

async function label({ hear, truth }: Hearing, number: number): Promise<void> {
  const { snapshot, payload } = issue(number);
  truth.issues.set(number, snapshot);
  await hear("issues", { action: "labeled", issue: payload, label: { name: "epic" } });
}

async function epicOf({ store }: Hearing, issueNumber: number) {
  const repository = await store.repositories.remember({
    ...{ githubId: 1, installationId: 11, owner: "acme", name: "shop" },
  });
  const known = await store.epics.known(repository, issueNumber);
  if (!known) throw new Error(`no epic ${issueNumber}`);
  return await store.epics.view(known.epicId);
}

async function toldIn({ store }: Hearing, epicId: number): Promise<readonly string[]> {
  return (await takeMessages(store, epicId)).map(({ kind }) => kind);
}

test("an epic over the limit waits in line, says so once, and starts when there is room (G6)", () =>
  withWebhooks(
    async (world) => {
      await label(world, 12);
      await label(world, 13);
      await label(world, 13);
      await startQueuedEpics(world.store, settings);
      const [first, second] = [await epicOf(world, 12), await epicOf(world, 13)];

      expect(first.epic.state).toBe("IN_PROGRESS");
      expect(second.epic.state).toBe("QUEUED");
      expect(second.agents).toEqual([]);
      expect(await toldIn(world, second.epic.id)).toEqual(["epicQueued"]);

      await world.store.epics.change(first.epic.id, { what: "test", actor: null }, (view) => ({
        decision: completeEpic(view, "abc"),
        result: null,
      }));
      await startQueuedEpics(world.store, settings);

      const started = await epicOf(world, 13);
      expect(started.epic.state).toBe("IN_PROGRESS");
      expect(started.agents).toMatchObject([{ key: "supervisor", state: "STARTING" }]);
      expect(await toldIn(world, started.epic.id)).toEqual(["epicStarted"]);
    },
    "auto",
    { epicLimits },
  ));

test("a full table of epics to review holds back the next one (H9c)", () =>
  withWebhooks(
    async (world) => {
      await label(world, 12);
      const { epic } = await epicOf(world, 12);
      await world.store.epics.change(epic.id, { what: "test", actor: null }, (view) => ({
        decision: { epic: { ...view.epic, state: "AWAITING_HUMAN_REVIEW" } },
        result: null,
      }));

      await label(world, 13);

      expect((await epicOf(world, 13)).epic.state).toBe("QUEUED");
    },
    "auto",
    { epicLimits },
  ));
