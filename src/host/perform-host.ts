import { type AgentKey, taskOfAgent } from "../domain/agent.ts";
import { lifeStarted } from "../domain/decide-agent.ts";
import type { HostEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Change } from "../ports/epics.ts";
import { stopLife } from "./end-life.ts";
import { performHostOperation } from "./host-operation.ts";
import { type HostPorts, worktreeKey } from "./host-ports.ts";
import { startLife } from "./start-life.ts";

const done: EffectResult = { kind: "done", facts: [] };

/** Does one thing on an agent's host. Safe to repeat. `effectId`: its place among the effects. */
export async function performHostEffect(
  effect: HostEffect,
  view: EpicView,
  ports: HostPorts,
  effectId: number | null = null,
): Promise<EffectResult> {
  switch (effect.kind) {
    case "startLife":
      return await start(effect, view, ports, effectId);
    case "stopLife":
      await stopLife(view.epic.id, effect.agent, effect.reason, ports);
      return done;
    case "hostOperation":
      await performHostOperation(view, effect.agent, effect.callId, ports);
      return done;
    case "removeWorktree":
      return await removeWorktree(effect, view, ports);
    default:
      return effect satisfies never;
  }
}

async function start(
  effect: Extract<HostEffect, { kind: "startLife" }>,
  view: EpicView,
  ports: HostPorts,
  effectId: number | null,
): Promise<EffectResult> {
  const started = await startLife(view, effect.agent, ports, effectId);
  if (started.kind === "queued") return started;
  if (started.kind === "runs") {
    const { life } = started;
    await ports.store.epics.change(
      view.epic.id,
      { what: `life ${life.name} started`, actor: null },
      (now) => takenUp(now, effect.agent, life.life),
    );
  }
  return done;
}

/** Only a life that has not ended becomes its agent's: another process may have found it dead. */
function takenUp(view: EpicView, agent: AgentKey, life: number): Change<null> {
  const decision = lifeStarted(view, agent, life);
  const notes = decision.agents ? ([{ kind: "holdsLife", agent, life }] as const) : [];
  return { decision, notes, result: null };
}

/** The lane has stopped the agent's life before this: no cell lives in the worktree any more. */
async function removeWorktree(
  effect: Extract<HostEffect, { kind: "removeWorktree" }>,
  view: EpicView,
  { git, sandbox }: HostPorts,
): Promise<EffectResult> {
  const task = taskOfAgent(effect.agent);
  if (task === null) return done;
  const key = worktreeKey(view, task);
  await sandbox.takeBack(git.worktree(view.epic.repository, key));
  await git.removeWorktree(view.epic.repository, key);
  return done;
}
