import { workerKey } from "../../../src/domain/agent.ts";
import type { EpicView } from "../../../src/domain/epic-view.ts";
import type { Task } from "../../../src/domain/task.ts";
import { anAgent, anEpic, viewOf } from "../../support/epic-view.ts";

/** An epic at work, its plan not yet accepted; every task has its worker, in whatever state it is. */
export function withWorkers(tasks: readonly Task[]): EpicView {
  const workers = tasks.map(({ ordinal }) => anAgent(workerKey(ordinal)));
  return viewOf(tasks, {
    epic: anEpic(undefined, { planAccepted: false }),
    agents: [anAgent("supervisor"), ...workers],
  });
}
