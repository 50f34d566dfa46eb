import { z } from "zod";
import type { Row } from "./database-facts.ts";
import type { Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";

/** 7: agents act on what is theirs, and the dead on nothing. */
export const ownWork: Judge = {
  invariant: 7,
  claim: "An agent acts on its own task and epic; a life that was replaced does nothing more",
  judge: (facts, hold) => {
    const roles = new Map(facts.database.agents.map((row) => [nameOf(row.epic_id, row.key), row]));
    for (const call of facts.database.tool_calls) {
      const agent = roles.get(nameOf(call.epic_id, call.agent));
      const detail = { epic: call.epic_id, agent: call.agent, call: call.call_id, tool: call.tool };
      hold(agent !== undefined, "a call was made by an agent of another epic", detail);
      if (agent !== undefined) judgeCall(call, agent, detail, hold);
    }
    judgeMoves(facts, hold);
    judgeLives(facts, hold);
  },
};

function nameOf(epicId: number, agent: string): string {
  return `${epicId}/${agent}`;
}

const supervisorTool = /^epic_/;
const workerTool = /^(task|git)_/;

function judgeCall(
  call: Row<"tool_calls">,
  agent: Row<"agents">,
  detail: object,
  hold: Hold,
): void {
  // What was refused changed nothing.
  if (call.reply?.isError === true) return;
  const isSupervisor = agent.role === "supervisor";
  const notForIt = isSupervisor ? workerTool : supervisorTool;
  hold(!notForIt.test(call.tool), "an agent used a tool of another role", detail);
  const task = z.object({ task: z.number() }).safeParse(call.operation).data?.task ?? null;
  const isOwn = isSupervisor || task === null || task === agent.task;
  hold(isOwn, "a worker had something done to another's task", {
    ...detail,
    task,
    own: agent.task,
  });
}

/** What a worker's own tools do to a task, in the history. */
function judgeMoves({ database }: Facts, hold: Hold): void {
  for (const move of database.history) {
    if (move.noun !== "task" || !/^tool (task|git)_/.test(move.cause)) continue;
    if (!["PENDING_REVIEW", "FAILED"].includes(move.to_state)) continue;
    hold(move.actor === `worker/${move.noun_key}`, "a worker moved another's task", {
      epic: move.epic_id,
      task: move.noun_key,
      actor: move.actor,
      cause: move.cause,
    });
  }
}

type Written = { readonly life: number; readonly at: number; readonly what: string };

function judgeLives({ database }: Facts, hold: Hold): void {
  for (const { epic_id: epic, key: agent, life: newest } of database.agents) {
    const isIts = (row: { readonly epic_id: number; readonly agent: string }) =>
      row.epic_id === epic && row.agent === agent;
    const lives = database.lives.filter(isIts);
    const open = lives.filter(({ ended_at: ended }) => ended === null).map(({ life }) => life);
    hold(open.length <= 1, "an agent has two lives at once", { epic, agent, lives: open });
    const isKnown = lives.length === 0 || newest <= Math.max(...lives.map(({ life }) => life));
    hold(isKnown, "an agent lives a life that was never begun", { epic, agent, life: newest });
    const turns = database.turns.filter(isIts).map((row) => ({ ...row, what: `turn ${row.seq}` }));
    const calls = database.tool_calls.filter(isIts);
    judgeWritten(
      [
        ...turns.map(({ life, at, what }) => ({ life, at: at.getTime(), what })),
        ...calls.map((row) => ({
          life: row.life,
          at: row.started_at.getTime(),
          what: row.call_id,
        })),
      ],
      { epic, agent },
      hold,
    );
    let before = 0;
    for (const { life, what } of turns) {
      hold(life >= before, "a turn of a dead life follows one of a newer life", {
        epic,
        agent,
        life,
        what,
      });
      before = Math.max(before, life);
    }
  }
}

function judgeWritten(written: readonly Written[], who: object, hold: Hold): void {
  const began = new Map<number, number>();
  for (const { life, at } of written) began.set(life, Math.min(at, began.get(life) ?? at));
  for (const { life, at, what } of written) {
    const newer = [...began].find(([other, first]) => other > life && first < at);
    hold(newer === undefined, "a dead life wrote after a newer one had begun", {
      ...who,
      life,
      newer: newer?.[0],
      what,
    });
  }
}
