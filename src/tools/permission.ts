import type { PermissionMode } from "../domain/profile.ts";
import type { Role } from "../domain/states.ts";
import type { Tool } from "./define-tool.ts";

/** What becomes of a role's call of a tool before anybody looks at its arguments. */
export type Permission =
  /** Not among the role's tools. */
  | "refused"
  /** Switched off by the operator of the product, in every mode. */
  | "denied"
  /** Right arguments and a right state are stored until a person has decided. */
  | "waits"
  | "runs";

/** Who is calling, in which mode, and what the operator has switched off. */
export type Calling = {
  readonly role: Role;
  readonly mode: PermissionMode;
  readonly deniedTools: readonly string[];
};

/** The one rule of who may call what (A5, A7): the server's check and the reference are made of it. */
export function permissionOf(
  { name, needs, sensitive }: Pick<Tool, "name" | "needs" | "sensitive">,
  { role, mode, deniedTools }: Calling,
): Permission {
  if (!needs.includes(role)) return "refused";
  if (deniedTools.includes(name)) return "denied";
  return sensitive && mode === "strict" ? "waits" : "runs";
}
