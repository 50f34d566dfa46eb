import { agentHasEnded, workerKey } from "./agent.ts";
import { agentOf } from "./decision.ts";
import type { EpicView } from "./epic-view.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import type { Profile, ProfileLayer } from "./profile.ts";
import { type ProfileRules, type ResolvedProfile, resolveProfile } from "./resolve-profile.ts";
import { taskHasEnded } from "./task.ts";

/** What an agent lives with, part by part, and which layer says so. */
export type ProfileStatus = {
  readonly agent: string;
  readonly parts: Readonly<Record<keyof Profile, ProfilePart>>;
};

export type ProfilePart = {
  readonly value: string;
  /** Of what is set by now; the value may be older. */
  readonly layer: ProfileLayer;
  /** What it will be with its next life; null when that is the same. */
  readonly next: string | null;
};

/** Of every agent at work, and of those to come for whom a task says something of its own (A6). */
export function profilesIn(view: EpicView, rules: ProfileRules): readonly ProfileStatus[] {
  const atWork = view.agents
    .filter((agent) => !agentHasEnded(agent))
    .map((agent) => {
      const resolved = resolveProfile(view.profileSettings, agent, rules);
      return statusOf(nameOfAgent(view, agent.key), agent, resolved);
    });
  const toCome = view.tasks
    .filter((task) => !taskHasEnded(task) && !agentOf(view, workerKey(task.ordinal)))
    .filter(({ ordinal }) => hasItsOwn(view, ordinal))
    .map(({ ordinal }) => {
      const whose = { role: "worker", task: ordinal } as const;
      const resolved = resolveProfile(view.profileSettings, whose, rules);
      return statusOf(nameOfAgent(view, workerKey(ordinal)), valuesOf(resolved), resolved);
    });
  return [...atWork, ...toCome];
}

function hasItsOwn({ profileSettings }: EpicView, task: number): boolean {
  return profileSettings.some(({ place }) => place.layer === "task" && place.task === task);
}

function valuesOf({ model, permissions, harness }: ResolvedProfile): Profile {
  return { model: model.value, permissions: permissions.value, harness: harness.value };
}

function statusOf(agent: string, now: Profile, resolved: ResolvedProfile): ProfileStatus {
  const part = (key: keyof Profile): ProfilePart => {
    const { value, layer } = resolved[key];
    // A mode counts at each call, whatever the agent began with.
    const lived = key === "permissions" ? value : now[key];
    return { value: lived, layer, next: lived === value ? null : value };
  };
  const parts = {
    model: part("model"),
    permissions: part("permissions"),
    harness: part("harness"),
  };
  return { agent, parts };
}
