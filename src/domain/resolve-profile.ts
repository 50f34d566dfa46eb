import type { Agent } from "./agent.ts";
import {
  type Harness,
  harnesses,
  type PermissionMode,
  type Profile,
  type ProfileBounds,
  type ProfileLayer,
  type ProfileSetting,
  type Profiles,
  permissionModes,
} from "./profile.ts";

/** The operator's own choice for each role, and the bounds of everybody else's. */
export type ProfileRules = { readonly profiles: Profiles; readonly bounds: ProfileBounds };

/** What an agent lives with from its next life on, and which layer says so. */
export type ResolvedProfile = {
  readonly [Key in keyof Profile]: { readonly value: Profile[Key]; readonly layer: ProfileLayer };
};

type Whose = Pick<Agent, "role" | "task">;

/**
 * The nearest setting within the operator's bounds wins: task, epic, repository, installation (A6).
 * A setting that the bounds no longer allow counts as not made.
 */
export function resolveProfile(
  settings: readonly ProfileSetting[],
  whose: Whose,
  { profiles, bounds }: ProfileRules,
): ResolvedProfile {
  const own = profiles[whose.role];
  const near = (key: keyof Profile) =>
    settings.filter((one) => one.key === key && isFor(one, whose));
  const permissions = notAbove(bounds.maxPermissions, own.permissions);
  return {
    model: nearest(near("model"), (name) => modelNamed(name, bounds), own.model),
    permissions: nearest(
      near("permissions"),
      (mode) => permissionsNamed(mode, bounds),
      permissions,
    ),
    harness: nearest(near("harness"), (name) => harnessNamed(name, bounds), own.harness),
  };
}

function isFor({ role, place }: ProfileSetting, whose: Whose): boolean {
  if (role !== whose.role) return false;
  return place.layer !== "task" || place.task === whose.task;
}

const nearestFirst = ["task", "epic", "repository"] as const;

function nearest<Value>(
  settings: readonly ProfileSetting[],
  read: (value: string) => Value | null,
  otherwise: Value,
): { readonly value: Value; readonly layer: ProfileLayer } {
  for (const layer of nearestFirst) {
    const setting = settings.find(({ place }) => place.layer === layer);
    const value = setting ? read(setting.value) : null;
    if (value !== null) return { value, layer };
  }
  return { value: otherwise, layer: "installation" };
}

/** The full id of an allowed model by its alias or id; null for any other. */
export function modelNamed(name: string, { models }: ProfileBounds): string | null {
  if (Object.hasOwn(models, name)) return models[name] ?? null;
  return Object.values(models).find((id) => id === name) ?? null;
}

/** The permission mode by its name; null for an unknown one and for one above the bound. */
export function permissionsNamed(
  name: string,
  { maxPermissions }: ProfileBounds,
): PermissionMode | null {
  const mode = permissionModes.find((one) => one === name);
  return mode !== undefined && notAbove(maxPermissions, mode) === mode ? mode : null;
}

/** The harness by its name; null for an unknown one and for one that is not allowed. */
export function harnessNamed(name: string, bounds: ProfileBounds): Harness | null {
  const harness = harnesses.find((one) => one === name);
  return harness !== undefined && bounds.harnesses.includes(harness) ? harness : null;
}

/** The permission modes up to the bound. */
export function permissionsUpTo(most: PermissionMode): readonly PermissionMode[] {
  return permissionModes.slice(0, permissionModes.indexOf(most) + 1);
}

function notAbove(most: PermissionMode, mode: PermissionMode): PermissionMode {
  return permissionsUpTo(most).includes(mode) ? mode : most;
}
