import pino from "pino";
import { expect, test } from "vitest";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { createTask } from "../../src/domain/decide-plan.ts";
import type { EffectFact } from "../../src/domain/effect-fact.ts";
import { appendMarker } from "../../src/domain/marker.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { drainInbox } from "../../workers/deliveries.ts";
import { decisionOf } from "../support/epic-view.ts";
import { type Hearing, issue, people, withWebhooks } from "./hear.ts";

// GitHub sends in no order: a comment made right after the label may be in the inbox before it. And
// whoever watches an epic may comment on what we make before we know that it is made.

const labels = [{ name: "epic" }];
const labelled = { action: "labeled", label: { name: "epic" }, issue: issue(12).payload };
const comment = (more: object, body = "Use cents, please.", id = 500) => ({
  action: "created",
  issue: { number: 12, labels, ...more },
  comment: { id, body, user: people.ana },
});

const log = pino({ level: "silent" });

async function drain({ store, receive }: Hearing): Promise<void> {
  await drainInbox({ inbox: store.inbox, receive, log });
}

/** Works the inbox off until the epic's mail or state is as it is asked to be. */
async function untilEpic(
  hearing: Hearing,
  isSo: (epic: { readonly state: string; readonly mail: readonly string[] }) => boolean,
): Promise<void> {
  await awaitFact(
    "the comment had its effect",
    async () => {
      await drain(hearing);
      const [epicId] = await hearing.store.epics.openIds();
      if (epicId === undefined) return { state: "none", mail: [] };
      const { epic, unreadMail } = await hearing.store.epics.view(epicId);
      return { state: epic.state, mail: unreadMail.map(({ body }) => body) };
    },
    isSo,
    { limitMs: 5_000 },
  );
}

test("a comment that comes before its issue's label is mail once the epic is there (H3, L1)", () =>
  withWebhooks(async (hearing) => {
    hearing.truth.issues.set(12, issue(12).snapshot);
    await hearing.put("issue_comment", comment({}), "comment");
    await hearing.put("issues", labelled, "label");

    await untilEpic(hearing, ({ mail }) => mail.includes("Use cents, please."));
  }));

test("a command that is handled before its issue's label runs once the epic is there (H7, L1)", () =>
  withWebhooks(async (hearing) => {
    hearing.truth.issues.set(12, issue(12).snapshot);
    await hearing.put("issue_comment", comment({}, "/ff pause lunch"), "comment");
    await drain(hearing);
    await hearing.put("issues", labelled, "label");

    await untilEpic(hearing, ({ state }) => state === "PAUSED");
  }));

test("what was said before the label's delivery runs before what is said after it (H7, S8)", () =>
  withWebhooks(async (hearing) => {
    hearing.truth.issues.set(12, issue(12).snapshot);
    await hearing.put("issue_comment", comment({}, "/ff pause lunch"), "z-early");
    const claimed = await hearing.store.inbox.claim(60_000);
    await hearing.store.inbox.early(claimed?.guid ?? "", "no epic yet", 60_000);

    await hearing.put("issues", labelled, "label");
    await hearing.put("issue_comment", comment({}, "/ff resume", 501), "a-late");
    await drain(hearing);

    const [epicId] = await hearing.store.epics.openIds();
    const { epic } = await hearing.store.epics.view(epicId ?? 0);
    expect(epic.state).toBe("IN_PROGRESS");
    expect(await hearing.store.epics.commandIsDone(500, 0)).toBe(true);
    expect(await hearing.store.epics.commandIsDone(501, 0)).toBe(true);
  }));

test("a comment where no epic can begin is done with at once (H3)", () =>
  withWebhooks(async (hearing) => {
    await hearing.put("issue_comment", comment({ labels: [{ name: "bug" }] }), "unlabelled");
    await hearing.put("issue_comment", comment({ pull_request: {} }), "pull request");
    const another = { user: people.bot, body: "Bump left-pad", labels: [] };
    await hearing.put("issue_comment", comment(another), "another bot's");
    await drain(hearing);

    const { inbox } = hearing.store;
    await hearing.put("issues", labelled, "later");
    expect((await inbox.claim(1_000))?.guid).toBe("later");
    expect(await inbox.claim(1_000)).toBeNull();
  }));

const made = { user: people.bot, body: appendMarker("Maps.", "k3y"), labels: [] };
const theTask = { title: "Sell maps", description: "Maps.", acceptance: ["They sell."] };

test.each<{ what: string; number: number; more: object; fact: EffectFact }>([
  {
    ...{ what: "sub-issue", number: 13, more: {} },
    fact: { kind: "taskIssueMade", task: 1, issueNumber: 13, issueId: 113 },
  },
  {
    ...{ what: "task's pull request", number: 14, more: { pull_request: {} } },
    fact: { kind: "taskPullRequestOpened", task: 1, number: 14 },
  },
  {
    ...{ what: "epic's pull request", number: 15, more: { pull_request: {} } },
    fact: { kind: "epicPullRequestOpened", number: 15, draft: true },
  },
])("a comment on the $what whose making is not stored yet is mail once it is (H3)", (one) =>
  withWebhooks(async (hearing) => {
    const { epics } = hearing.store;
    hearing.truth.issues.set(12, issue(12).snapshot);
    await hearing.hear("issues", labelled);
    const [epicId = 0] = await epics.openIds();
    const change = (decide: Parameters<typeof epics.change>[2]) =>
      epics.change(epicId, { what: "test", actor: null }, decide);
    await change((view) => ({
      decision: decisionOf(createTask(view, { ...theTask, dependsOn: [], insist: null })),
      result: null,
    }));

    const on = { ...made, number: one.number, ...one.more };
    await hearing.put("issue_comment", comment(on, "In euros."), "comment");
    await drain(hearing);
    await change((view) => ({ decision: applyFacts(view, [one.fact]), result: null }));

    await untilEpic(hearing, ({ mail }) => mail.includes("In euros."));
  }),
);
