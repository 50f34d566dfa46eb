import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import type { AgentKey } from "../../src/domain/agent.ts";
import { lifeStarted } from "../../src/domain/decide-agent.ts";
import { failEpic, resumeEpic } from "../../src/domain/decide-epic.ts";
import { lifeEnded } from "../../src/domain/decide-life-end.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import type { NewLife } from "../../src/ports/agents.ts";
import type { Store } from "../../src/ports/store.ts";
import { tools } from "../../src/tools/index.ts";
import { defaultToolLimits, runTool } from "../../src/tools/run-tool.ts";
import { startQueuedEpics } from "../../src/webhooks/start-queued-epics.ts";
import { answerOverdue } from "../../workers/answer-overdue.ts";
import { decisionOf, person } from "../support/epic-view.ts";
import { openTestStore, rules } from "../support/store.ts";

// What rules leave open, in PostgreSQL: from the label, or a life's end, to the orchestrator's answer.

const epicLimits = { maxEpics: 9, maxInReview: 9, sharePercent: 100 };
const settings = { epicLimits, profileRules: rules, repeatedEpicPercent: 80 };
const orchestrator: AgentKey = "orchestrator/1";

let store: Store;
let database: ReturnType<typeof openDatabase>;

beforeEach(async () => {
  const opened = await openTestStore();
  store = opened.store;
  database = openDatabase(opened.databaseUrl);
});
afterEach(async () => {
  await database.db.destroy();
  await store.close();
});

async function label(issueNumber: number, installationId = 11): Promise<number> {
  const repository = await store.repositories.remember({
    ...{ githubId: installationId, installationId, owner: "acme", name: `shop-${installationId}` },
  });
  const { epicId } = await store.epics.open({
    ...{ repository, issueNumber, title: "A catalogue", body: "Build it." },
    ...{ author: person, plan: "auto", verifyCommand: null, baseBranch: "main" },
    branch: `ff/epic-${issueNumber}`,
  });
  await startQueuedEpics(store, settings);
  return epicId;
}

async function decide(epicId: number, decision: (view: EpicView) => Decision): Promise<void> {
  const cause = { what: "test", actor: null };
  await store.epics.change(epicId, cause, (view) => ({ decision: decision(view), result: null }));
}

/** Asks for a place for an epic's orchestrator, and takes it where there is one. */
async function begin(epicId: number) {
  const { rows } = await database.pool.query(
    "select id from outbox where epic_id = $1 and effect ->> 'agent' = $2",
    [epicId, orchestrator],
  );
  const life: NewLife = {
    epicId,
    agent: orchestrator,
    role: "orchestrator",
    host: "h",
    namePrefix: `r1-orchestrator-${epicId}-q1`,
    tokenHash: `token ${epicId}`,
  };
  const limits = { workers: 1, supervisors: 1, sharePercent: 100 };
  const begun = await store.lives.beginInPlace(life, Number(rows[0].id), limits);
  if (begun.kind === "begun") await decide(epicId, (view) => lifeStarted(view, orchestrator, 1));
  return begun;
}

function callTool(epicId: number, tool: string, input: object) {
  const life = { epicId, agent: orchestrator, role: "orchestrator", task: null, life: 1 } as const;
  return runTool(
    { life, tool, input, callId: `${tool} ${epicId}` },
    {
      ...{ tools, deniedTools: [], profiles: rules, limits: defaultToolLimits },
      ...{ epics: store.epics, conversations: store.conversations, onRefused: () => {} },
      ...{ newApprovalId: () => "z9z9", redact: (text: string) => text },
    },
  );
}

async function stateOf(epicId: number): Promise<string> {
  return (await store.epics.view(epicId)).epic.state;
}

test("an epic like one under way waits for the orchestrator, who starts it by its one tool (A12)", async () => {
  const first = await label(1);
  const second = await label(2);
  expect([await stateOf(first), await stateOf(second)]).toEqual(["IN_PROGRESS", "QUEUED"]);
  expect((await store.places.epics()).queued).toEqual([]);
  expect((await begin(second)).kind).toBe("begun");

  const { isError } = await callTool(second, "orchestrator_decide", {
    ...{ choice: "start", reason: "It is for another season." },
  });
  await startQueuedEpics(store, settings);

  expect(isError).toBe(false);
  expect(await stateOf(second)).toBe("IN_PROGRESS");
  const { rows } = await database.pool.query(
    "select agent, what, detail ->> 'reason' as reason from decisions where epic_id = $1 and what like 'question%' order by id",
    [second],
  );
  expect(rows).toEqual([
    { agent: null, what: "question 1 asked", reason: null },
    { agent: orchestrator, what: "question 1 answered", reason: "It is for another season." },
  ]);
});

test("an installation has one orchestrator at a time, whatever others have (R5, G6)", async () => {
  await label(1);
  const [second, third] = [await label(2), await label(3)];
  await label(1, 22);
  const elsewhere = await label(2, 22);

  expect((await begin(second)).kind).toBe("begun");
  expect(await begin(third)).toMatchObject({ kind: "queued", queue: "installation" });
  expect((await begin(elsewhere)).kind).toBe("begun");
});

test("an orchestrator sees the epics of its own installation and no other (A5, A12)", async () => {
  await label(1, 22);
  await label(1);
  const second = await label(2);
  await begin(second);

  const { content } = await callTool(second, "orchestrator_epics", {});
  const supervisors = await callTool(second, "orchestrator_supervisors", {});

  expect(content).toMatchObject({
    epics: [
      { repository: "acme/shop-11", issueNumber: 1, state: "IN_PROGRESS", why: null },
      { repository: "acme/shop-11", issueNumber: 2, state: "QUEUED", endedAt: null },
    ],
  });
  expect(supervisors.content).toEqual({
    supervisors: [
      {
        ...{ name: "supervisor-1", repository: "acme/shop-11" },
        ...{ state: "STARTING", epic: "IN_PROGRESS" },
      },
    ],
  });
});

test("a question nobody answers in time is people's, and /ff resume starts the epic (A12, R5)", async () => {
  await label(1);
  const second = await label(2);
  await answerOverdue(store.epics, 60_000);
  expect(await stateOf(second)).toBe("QUEUED");

  await database.pool.query("update questions set asked_at = now() - interval '2 minutes'");
  await answerOverdue(store.epics, 60_000);
  expect((await store.epics.view(second)).epic).toMatchObject({ state: "PAUSED", from: "QUEUED" });

  await decide(second, (view) => decisionOf(resumeEpic(view, { by: person })));
  await startQueuedEpics(store, settings);
  expect(await stateOf(second)).toBe("IN_PROGRESS");
});

test("an epic that ends wakes no orchestrator; the next one that is asked knows of it (A12, R11)", async () => {
  const first = await label(1);
  await decide(first, (view) => failEpic(view, "The design contradicts itself."));
  const { rows } = await database.pool.query("select key from agents where role = 'orchestrator'");
  const next = await label(2);

  expect(rows).toEqual([]);
  expect((await store.epics.installation(next)).epics).toMatchObject([
    { issueNumber: 2, endedAt: null },
    { issueNumber: 1, state: "FAILED", why: "The design contradicts itself." },
  ]);
});

test("an agent that the outside stops for long is a question, and people hear the answer (A12, G3)", async () => {
  const epicId = await label(1);
  await decide(epicId, (view) => lifeStarted(view, "supervisor", 1));
  const end = { how: "weather", reason: "500 no route", before: 7, heldForMs: null } as const;
  await decide(epicId, (view) =>
    lifeEnded(view, { agent: "supervisor", life: 1, end }, defaultRestartRules),
  );
  expect((await begin(epicId)).kind).toBe("begun");

  const { isError } = await callTool(epicId, "orchestrator_decide", {
    ...{ choice: "wait", reason: "The network is back soon." },
  });

  const { epic, questions, agents } = await store.epics.view(epicId);
  expect(isError).toBe(false);
  expect(epic.state).toBe("IN_PROGRESS");
  expect(questions).toMatchObject([{ kind: "incident", answer: { choice: "wait" } }]);
  expect(agents.map(({ key, state }) => [key, state])).toEqual([
    [orchestrator, "DONE"],
    ["supervisor", "STARTING"],
  ]);
  const { rows } = await database.pool.query(
    "select effect -> 'message' ->> 'kind' as kind from outbox where epic_id = $1 and kind = 'say' order by id",
    [epicId],
  );
  expect(rows.map(({ kind }) => kind)).toEqual(["epicStarted", "agentHeldUp", "incidentJudged"]);
});
