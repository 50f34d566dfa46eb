import { rulesFor } from "../rules.ts";
import { roleOf } from "../server/access.ts";
import { forbidden, notFound } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import {
  ok,
  plainRoute,
  type Reply,
  type RepositoryCall,
  repositoryRoute,
} from "../server/route.ts";
import type { RulesetRow } from "../store/accounts.ts";
import { fullNameOf, renderFullRepository, renderPermissions } from "../views/repository.ts";
import { renderProfile, renderUser } from "../views/user.ts";
import type { World } from "../world.ts";
import { readMetadata } from "./access-needs.ts";

export const generalRoutes = [
  plainRoute({
    method: "GET",
    template: "/user",
    access: "signed-in",
    handle: (world, call) => {
      if (call.caller.kind !== "user") throw forbidden("Resource not accessible by integration");
      return ok(renderProfile(world, call.caller.user));
    },
  }),
  plainRoute({
    method: "GET",
    template: "/users/{username}",
    access: "anyone",
    handle: (world, call) => {
      const user = world.tables.users.first({ key: (call.params["username"] ?? "").toLowerCase() });
      if (user === null) throw notFound();
      return ok(renderProfile(world, user));
    },
  }),
  plainRoute({
    method: "GET",
    template: "/meta",
    access: "anyone",
    handle: () => ok({ verifiable_password_authentication: false }),
  }),
  repositoryRoute({
    method: "GET",
    template: "",
    access: readMetadata,
    handle: (world, call) => {
      const { caller, repository } = call;
      const role = caller.kind === "user" ? roleOf(world, repository, caller.user.id) : null;
      return ok(renderFullRepository(world, repository, role));
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/collaborators/{username}/permission",
    access: { ...readMetadata, role: "write" },
    handle: showPermission,
  }),
  repositoryRoute({
    method: "GET",
    template: "/rules/branches/{branch}",
    multiSegment: ["branch"],
    access: readMetadata,
    handle: (world, call) => {
      const rulesets = rulesFor(world, call.repository, call.params["branch"] ?? "");
      const rules = rulesets.flatMap((ruleset) => rulesOf(world, call, ruleset));
      return paged(world, call, rules, (rule) => rule);
    },
  }),
];

// The coarse word GitHub keeps for old clients, and the real role beside it.
const COARSE = {
  admin: "admin",
  maintain: "write",
  write: "write",
  triage: "read",
  read: "read",
  none: "none",
} as const;

function showPermission(world: World, call: RepositoryCall<null>): Reply {
  const user = world.tables.users.first({ key: (call.params["username"] ?? "").toLowerCase() });
  if (user === null) throw notFound();
  const role = roleOf(world, call.repository, user.id);
  return ok({
    permission: COARSE[role],
    role_name: role,
    user: {
      ...renderUser(world, user),
      permissions: { ...renderPermissions(role) },
      role_name: role,
    },
  });
}

function rulesOf(world: World, call: RepositoryCall<null>, ruleset: RulesetRow) {
  const info = {
    ruleset_source_type: "Repository",
    ruleset_source: fullNameOf(world, call.repository),
    ruleset_id: ruleset.id,
  };
  return ruleset.rules.map((type) => {
    if (type === "update") {
      return { type, ...info, parameters: { update_allows_fetch_and_merge: false } };
    }
    if (type === "pull_request") return { type, ...info, parameters: PULL_REQUEST_RULE };
    return { type, ...info };
  });
}

const PULL_REQUEST_RULE = {
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_approving_review_count: 0,
  required_review_thread_resolution: false,
};
