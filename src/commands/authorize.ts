import type { Permission } from "../ports/git-hub.ts";

/** What a command asks of the person: triage and up, write and up, maintain and up. */
export type Needs = "viewer" | "operator" | "admin";

const ranks: Readonly<Record<Permission, number>> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

const lowest: Readonly<Record<Needs, Permission>> = {
  viewer: "triage",
  operator: "write",
  admin: "maintain",
};

/** True when a person with this live permission may do what `needs` asks for. */
export function authorize(permission: Permission, needs: Needs): boolean {
  return ranks[permission] >= ranks[lowest[needs]];
}

/** GitHub's word for the least permission that is enough. */
export function permissionFor(needs: Needs): Permission {
  return lowest[needs];
}
