import { expect, test } from "vitest";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { createTask, planDone } from "../../src/domain/decide-plan.ts";
import { askHuman } from "../../src/domain/decide-question.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal, type Refusal } from "../../src/domain/refusal.ts";
import type { Store } from "../../src/ports/store.ts";
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

async function decide(
  store: Store,
  epicId: number,
  decision: (view: EpicView) => Decision | Refusal,
): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => {
    const decided = decision(view);
    if (isRefusal(decided)) throw new Error(decided.detail);
    return { decision: decided, result: null };
  });
}

const comment = (body: string, by: object = people.ana, id = 500) => ({
  action: "created",
  issue: { number: 12 },
  comment: { id, body, user: by },
});

test("a person with write permission labels an issue and an epic begins, once (L1, S8)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    await hearing.hear("issues", labelled(12), "guid-1");

    const { epic, agents } = await hearing.store.epics.view(epicId);
    expect(await hearing.store.epics.openIds()).toEqual([epicId]);
    expect(epic).toMatchObject({ state: "IN_PROGRESS", baseBranch: "trunk", body: "Build it." });
    expect(epic.branch).toBe("ff/epic-12-a-catalogue");
    expect(agents.map((agent) => agent.state)).toEqual(["STARTING"]);
  }));

test("a label by someone without write permission starts nothing (L1, S1)", () =>
  withWebhooks(async ({ hear, truth, store }) => {
    truth.issues.set(12, issue(12).snapshot);

    await hear("issues", labelled(12, { sender: people.rita }));
    await hear("issues", labelled(12, { sender: people.bot }));

    expect(await store.epics.openIds()).toEqual([]);
  }));

test("a label that is gone by the time it is read starts nothing (L1)", () =>
  withWebhooks(async ({ hear, truth, store }) => {
    truth.issues.set(12, issue(12, []).snapshot);

    await hear("issues", labelled(12));

    expect(await store.epics.openIds()).toEqual([]);
  }));

test("a repository's first plan waits for its human, the next ones do not (L4)", () =>
  withWebhooks(async (hearing) => {
    const first = await startEpic(hearing);
    hearing.truth.issues.set(40, issue(40).snapshot);
    await hearing.hear("issues", labelled(40));
    const [, second] = await hearing.store.epics.openIds();

    expect((await hearing.store.epics.view(first)).epic.plan).toBe("ask");
    expect((await hearing.store.epics.view(second ?? 0)).epic.plan).toBe("auto");
  }, "first"));

test("removing the label pauses, closing the issue cancels (L1)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const { hear, store } = hearing;

    await hear("issues", { ...labelled(12), action: "unlabeled" });
    expect((await store.epics.view(epicId)).epic.state).toBe("PAUSED");

    await hear("issues", { action: "closed", issue: issue(12).payload });
    expect((await store.epics.view(epicId)).epic.state).toBe("CANCELLED");
  }));

test("putting the label on again resumes what taking it off had paused (L1)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const { hear, store } = hearing;

    await hear("issues", { ...labelled(12), action: "unlabeled" });
    await hear("issues", labelled(12));

    expect((await store.epics.view(epicId)).epic.state).toBe("IN_PROGRESS");
  }));

test("our own closing of the issue is no human's cancelling (S2a)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);

    await hearing.hear("issues", {
      action: "closed",
      issue: issue(12).payload,
      sender: people.bot,
    });

    expect((await hearing.store.epics.view(epicId)).epic.state).toBe("IN_PROGRESS");
  }));

test("a command runs once however often its comment is delivered (H7, S8)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const { hear, store } = hearing;

    await hear("issue_comment", comment("/ff pause lunch"));
    await hear("issue_comment", comment("/ff resume", people.ana, 501));
    await hear("issue_comment", comment("/ff pause lunch"));

    expect((await store.epics.view(epicId)).epic.state).toBe("IN_PROGRESS");
  }));

test("a command by someone who may not run it changes nothing (S1)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);

    await hearing.hear("issue_comment", comment("/ff cancel", people.rita));
    await hearing.hear("issue_comment", comment("/ff cancel", people.bot, 502));

    expect((await hearing.store.epics.view(epicId)).epic.state).toBe("IN_PROGRESS");
  }));

test("a comment by a person with write permission is mail to the nearest agent (H3)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const { hear, store } = hearing;
    await decide(store, epicId, (view) =>
      createTask(view, {
        title: "Prices",
        description: "Prices",
        acceptance: ["there"],
        dependsOn: [],
        insist: null,
      }),
    );
    await decide(store, epicId, (view) => planDone(view, ""));
    await decide(store, epicId, (view) =>
      applyFacts(view, [
        { kind: "epicBranchMade", baseSha: "a", tipSha: "a" },
        { kind: "taskIssueMade", task: 1, issueNumber: 13, issueId: 113 },
      ]),
    );

    await hear("issue_comment", comment("Use cents, please."));
    await hear("issue_comment", {
      ...comment("And test it.", people.ana, 503),
      issue: { number: 13 },
    });
    await hear("issue_comment", comment("Me too!", people.rita, 504));

    const { unreadMail } = await store.epics.view(epicId);
    expect(unreadMail.map(({ to, body }) => [to, body])).toEqual([
      ["supervisor", "Use cents, please."],
      ["worker/1", "And test it."],
    ]);
  }));

test("merging the epic pull request completes the epic, closing it cancels (L11)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const { hear, store, truth } = hearing;
    await decide(store, epicId, (view) =>
      applyFacts(view, [{ kind: "epicPullRequestOpened", number: 20, draft: false }]),
    );
    const closed = { action: "closed", pull_request: { number: 20 } };

    truth.pulls.set(20, { state: "open", mergeSha: null });
    await hear("pull_request", closed);
    expect((await store.epics.view(epicId)).epic.state).toBe("IN_PROGRESS");

    truth.pulls.set(20, { state: "closed", mergeSha: "m" });
    await hear("pull_request", closed);
    expect((await store.epics.view(epicId)).epic).toMatchObject({
      state: "COMPLETED",
      mergedSha: "m",
    });
  }));

test("a comment of somebody who may write answers the supervisor's questions, nobody else's does (L3, S1)", () =>
  withWebhooks(async (hearing) => {
    const epicId = await startEpic(hearing);
    const asked = { context: "", questions: ["Red or blue?"], agent: "supervisor-12" };
    await decide(hearing.store, epicId, (view) => askHuman(view, asked));

    await hearing.hear("issue_comment", comment("Blue.", people.rita));
    expect((await hearing.store.epics.view(epicId)).epic.state).toBe("NEEDS_ANSWER");
    await hearing.hear("issue_comment", comment("Red.", people.ana, 501));

    const { epic, unreadMail } = await hearing.store.epics.view(epicId);
    expect(epic.state).toBe("IN_PROGRESS");
    expect(unreadMail).toMatchObject([{ to: "supervisor", body: "Red." }]);
  }));
