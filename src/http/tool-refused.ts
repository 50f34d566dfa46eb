import { toolKeepsFailing } from "../domain/decide-tool-broke.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Store } from "../ports/store.ts";
import type { ToolRequest } from "../tools/decide-call.ts";
import type { Log } from "./log.ts";
import { isMisuse, type Strike } from "./strikes.ts";

/** The steps from a plan to a landing: whoever fails at one of them again and again needs help. */
const steps: ReadonlySet<string> = new Set([
  "epic_create_task",
  "epic_plan_done",
  "git_commit",
  "git_rebase",
  "task_submit",
  "epic_approve",
  "epic_request_changes",
]);

/** Refusals of the caller, whatever the step: nobody can help it along. */
const ofTheCaller: ReadonlySet<string> = new Set([
  "stopped",
  "dead-life",
  "not-permitted",
  "tool-denied",
]);

export type ToolRefusedPorts = {
  readonly store: Pick<Store, "epics" | "conversations">;
  readonly log: Log;
  readonly strike: Strike;
  /** Refusals of one step in a row after which whoever can help is told. */
  readonly tellAfter: number;
};

/** What follows from a refused call: a line in the log, a strike for misuse, help for who is stuck. */
export function createOnToolRefused({ store, log, strike, tellAfter }: ToolRefusedPorts) {
  return async (
    { life, tool, callId }: ToolRequest,
    { refused, detail }: Refusal,
  ): Promise<void> => {
    const { epicId, agent } = life;
    log.warn({ epicId, agent, life: life.life, tool, callId, refused }, "tool.refused");
    if (isMisuse(refused)) await strike(life, `${tool}: ${refused}`);
    if (!steps.has(tool) || ofTheCaller.has(refused)) return;
    if (!(await store.conversations.keepsFailing(epicId, agent, { tool, times: tellAfter })))
      return;
    const stuck = { agent, tool, times: tellAfter, detail };
    await store.epics.change(epicId, { what: `tool ${tool} refused`, actor: null }, (view) => ({
      decision: toolKeepsFailing(view, stuck),
      result: null,
    }));
  };
}
