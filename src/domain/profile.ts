import type { Role } from "./states.ts";

/**
 * What a sensitive tool call does: waits for a human, or runs at once. Logging is the same in all.
 * From the least to the most permissive.
 */
export const permissionModes = ["strict", "relaxed", "yolo"] as const;
export type PermissionMode = (typeof permissionModes)[number];

/** The programs that can live an agent's life: our own runner, or Claude Code under our wrapper. */
export const harnesses = ["runner", "claude-code"] as const;
export type Harness = (typeof harnesses)[number];

/** What an agent lives with (A6). */
export type Profile = {
  /** A provider's full id; aliases are resolved where profiles are read. */
  readonly model: string;
  readonly permissions: PermissionMode;
  readonly harness: Harness;
};

/** One profile per role. */
export type Profiles = Readonly<Record<Role, Profile>>;

/** What the operator of the product allows everybody else to choose. */
export type ProfileBounds = {
  /** Full ids by the names people type: an alias, or the id itself. */
  readonly models: Readonly<Record<string, string>>;
  readonly maxPermissions: PermissionMode;
  readonly harnesses: readonly Harness[];
};

/** Where a part of a profile was set. The installation is the operator's environment. */
export type ProfileLayer = "installation" | ProfilePlace["layer"];

/** Where people set parts of profiles, from far to near. */
export type ProfilePlace =
  | { readonly layer: "repository" }
  | { readonly layer: "epic" }
  | { readonly layer: "task"; readonly task: number };

/** What people last set for a role at one place, of what counts for an epic. */
export type ProfileSetting = {
  readonly place: ProfilePlace;
  readonly role: Role;
  readonly key: keyof Profile;
  readonly value: string;
};
