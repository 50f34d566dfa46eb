import type { Role } from "./states.ts";

/** What a sensitive tool call does: waits for a human, or runs at once. Logging is the same in all. */
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
