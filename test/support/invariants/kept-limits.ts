import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { published } from "./published.ts";

/** 11: every limit was kept. */
export const keptLimits: Judge = {
  invariant: 11,
  claim: "Agents at once, crashes, turns, attempts and comments stayed within their limits",
  judge: (facts, hold) => {
    for (const epic of facts.epics) {
      judgeWorkers(epic, facts, hold);
      judgeAgents(epic, facts, hold);
    }
    judgeComments(facts, hold);
    const { maxDeliveryAttempts: most } = facts.world.settings;
    for (const { guid, attempts } of facts.database.deliveries)
      hold(attempts <= most, "a delivery was tried too often", { guid, attempts, most });
  },
};

const atWork = ["STARTING", "RUNNING", "CRASHED"];

/** Goes through the history: whenever a task starts, how many workers are then at work. */
function judgeWorkers({ name, history }: EpicFacts, facts: Facts, hold: Hold): void {
  const { maxWorkers: most } = facts.world.settings;
  const busy = new Set<string>();
  const starting = new Set<string>();
  for (const move of history) {
    const { noun, noun_key: key, from_state: from, to_state: to } = move;
    if (noun === "task" && from === "PENDING" && to === "IN_PROGRESS")
      starting.add(`worker/${key}`);
    if (noun !== "agent" || key === "supervisor") continue;
    if (!atWork.includes(to)) {
      busy.delete(key);
      continue;
    }
    busy.add(key);
    if (!starting.delete(key)) continue;
    hold(busy.size <= most, "more workers were started than may be at work", {
      epic: name,
      worker: key,
      atWork: [...busy],
      most,
    });
  }
}

function judgeAgents({ name, row, agents }: EpicFacts, facts: Facts, hold: Hold): void {
  const { maxCrashes, maxTurnsPerLife } = facts.world.settings;
  for (const { key, crashes } of agents)
    hold(crashes <= maxCrashes, "an agent was started again after too many crashes", {
      epic: name,
      agent: key,
      crashes,
      most: maxCrashes,
    });
  const turns = new Map<string, number>();
  for (const { epic_id: epicId, agent, life, role } of facts.database.turns) {
    if (epicId !== row.id || role !== "assistant") continue;
    turns.set(`${agent}.${life}`, (turns.get(`${agent}.${life}`) ?? 0) + 1);
  }
  for (const [life, count] of turns)
    hold(count <= maxTurnsPerLife, "a life had more turns than it may", {
      epic: name,
      life,
      turns: count,
      most: maxTurnsPerLife,
    });
}

function judgeComments(facts: Facts, hold: Hold): void {
  const { maxCommentsPerIssue: most } = facts.world.settings;
  const counts = new Map<string, number>();
  for (const { kind, repositoryId, number } of published(facts)) {
    if (kind !== "comment") continue;
    const thread = `${repositoryId}#${number}`;
    counts.set(thread, (counts.get(thread) ?? 0) + 1);
  }
  for (const [thread, count] of counts)
    hold(count <= most, "our App flooded an issue", { thread, comments: count, most });
}
