import { noSuchTask, taskOf } from "./decision.ts";
import { type Actor, epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Profile } from "./profile.ts";
import { type ProfileWish, settingAt } from "./profile-settings.ts";
import type { Refusal } from "./refusal.ts";
import {
  harnessNamed,
  modelNamed,
  type ProfileRules,
  permissionsNamed,
  permissionsUpTo,
} from "./resolve-profile.ts";
import { taskHasEnded } from "./task.ts";

/** A person's choice within the operator's bounds (A6). What agents live with follows by itself. */
export function setProfile(
  view: EpicView,
  wish: ProfileWish,
  { by, rules }: { readonly by: Actor; readonly rules: ProfileRules },
): Decision | Refusal {
  const misplaced = whyMisplaced(view, wish);
  if (misplaced) return misplaced;
  const to = wish.value === null ? null : valueNamed(wish.key, wish.value, rules);
  if (wish.value !== null && to === null) return outOfBounds(wish, rules);
  const { place, role, key } = wish;
  const from = settingAt(view.profileSettings, wish);
  if (from === to) return {};
  return { profileChanges: [{ place, role, key, from, to, by }] };
}

function whyMisplaced(view: EpicView, { place, role }: ProfileWish): Refusal | null {
  if (role === "orchestrator")
    return {
      refused: "not-here",
      detail:
        "The orchestrator works above all repositories: the operator sets it by ORCHESTRATOR_MODEL, ORCHESTRATOR_PERMISSIONS and ORCHESTRATOR_HARNESS.",
    };
  if (place.layer === "repository") return null;
  if (epicHasEnded(view.epic))
    return {
      refused: "wrong-state",
      detail: `The epic is ${view.epic.state}: nobody works on it any more.`,
    };
  if (place.layer === "epic") return null;
  if (role !== "worker")
    return { refused: "not-here", detail: `A task has a worker, not a ${role} of its own.` };
  const task = taskOf(view, place.task);
  if (!task) return noSuchTask(view, place.task);
  if (taskHasEnded(task))
    return { refused: "wrong-state", detail: `Task ${task.ordinal} is ${task.state} already.` };
  return null;
}

function valueNamed(key: keyof Profile, value: string, { bounds }: ProfileRules): string | null {
  switch (key) {
    case "model":
      return modelNamed(value, bounds);
    case "permissions":
      return permissionsNamed(value, bounds);
    case "harness":
      return harnessNamed(value, bounds);
    default:
      return key satisfies never;
  }
}

function outOfBounds({ key, value }: ProfileWish, { bounds }: ProfileRules): Refusal {
  const [variable, allowed] = {
    model: ["ALLOWED_MODELS", Object.keys(bounds.models)] as const,
    permissions: ["MAX_PERMISSIONS", permissionsUpTo(bounds.maxPermissions)] as const,
    harness: ["ALLOWED_HARNESSES", bounds.harnesses] as const,
  }[key];
  return {
    refused: "not-allowed",
    detail: `The operator of FactoryFactory does not allow ${JSON.stringify(value)} here (${variable}). Allowed: ${allowed.join(", ")}.`,
  };
}
