import type { AppRow, InstallationRow, Permissions, UserRow } from "../store/accounts.ts";
import type { Actor } from "../world.ts";
import { GitHubError } from "./github-error.ts";

/** Whose credentials came with a request. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly user: UserRow }
  | { readonly kind: "app"; readonly app: AppRow }
  | {
      readonly kind: "installation";
      readonly app: AppRow;
      readonly bot: UserRow;
      readonly installation: InstallationRow;
      readonly tokenId: number;
      readonly permissions: Permissions;
      readonly repositoryIds: readonly number[] | null;
    };

/** The caller as the one who acts. @throws GitHubError 401 for those who act in nobody's name */
export function actorOf(caller: Caller): Actor {
  switch (caller.kind) {
    case "user":
      return { user: caller.user, app: null };
    case "installation":
      return { user: caller.bot, app: caller.app };
    case "anonymous":
    case "app":
      throw new GitHubError(401, { message: "Requires authentication" });
    default:
      return caller satisfies never;
  }
}

/** A name for the budget that requests of this caller are counted against. */
export function budgetKeyOf(caller: Caller): string {
  switch (caller.kind) {
    case "user":
      return `user-${caller.user.id}`;
    case "installation":
      return `installation-${caller.installation.id}`;
    case "app":
      return `app-${caller.app.id}`;
    case "anonymous":
      return "anonymous";
    default:
      return caller satisfies never;
  }
}
