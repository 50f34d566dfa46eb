import { z } from "zod";
import { coveredRepositories } from "../events/installation-events.ts";
import { grants, visibleRepository } from "../server/access.ts";
import { mintToken } from "../server/authenticate.ts";
import type { Caller } from "../server/caller.ts";
import { GitHubError, notFound, unprocessable } from "../server/github-error.ts";
import { linkTo, paged, sliceOf } from "../server/paging.ts";
import { type Call, created, noContent, ok, plainRoute, type Reply } from "../server/route.ts";
import {
  type AppRow,
  type InstallationRow,
  type Permissions,
  permissionLevels,
} from "../store/accounts.ts";
import { renderInstallation, selectionOf } from "../views/installation.ts";
import { renderRepository } from "../views/repository.ts";
import { renderApp } from "../views/user.ts";
import { timestamp, type World } from "../world.ts";
import { numberParam } from "./find.ts";

const tokenWish = z.object({
  repositories: z.array(z.string()).max(500).optional(),
  repository_ids: z.array(z.int()).max(500).optional(),
  permissions: permissionLevels.optional(),
});

export const appRoutes = [
  plainRoute({
    method: "GET",
    template: "/app",
    access: "app",
    handle: (world, call) => {
      const app = appOf(call.caller);
      const installed = world.tables.installations.count({ appId: app.id });
      return ok({ ...renderApp(world, app), installations_count: installed });
    },
  }),
  plainRoute({
    method: "GET",
    template: "/app/installations",
    access: "app",
    handle: (world, call) => {
      const rows = world.tables.installations.find({ appId: appOf(call.caller).id });
      return paged(world, call, rows, (row) => renderInstallation(world, row));
    },
  }),
  plainRoute({
    method: "GET",
    template: "/app/installations/{installation_id}",
    access: "app",
    handle: (world, call) => ok(renderInstallation(world, findInstallation(world, call))),
  }),
  plainRoute({
    method: "POST",
    template: "/app/installations/{installation_id}/access_tokens",
    access: "app",
    body: tokenWish.nullish(),
    handle: createToken,
  }),
  plainRoute({
    method: "DELETE",
    template: "/installation/token",
    access: "installation",
    handle: (world, call) => {
      const { caller } = call;
      if (caller.kind === "installation") {
        world.transaction(() => world.tables.tokens.remove(caller.tokenId));
      }
      return noContent;
    },
  }),
  plainRoute({
    method: "GET",
    template: "/installation/repositories",
    access: "installation",
    handle: listRepositories,
  }),
  plainRoute({
    method: "GET",
    template: "/repos/{owner}/{repo}/installation",
    access: "app",
    handle: (world, call) => {
      const fullName = `${call.params["owner"]}/${call.params["repo"]}`;
      const repository = visibleRepository(world, call.caller, fullName);
      const appId = appOf(call.caller).id;
      const { ownerId: accountId } = repository;
      const found = world.tables.installations.first({ appId, accountId });
      if (found === null) throw notFound();
      return ok(renderInstallation(world, found));
    },
  }),
  accountInstallation("/orgs/{org}/installation", "org"),
  accountInstallation("/users/{username}/installation", "username"),
];

function accountInstallation(template: string, param: string) {
  return plainRoute({
    method: "GET",
    template,
    access: "app",
    handle: (world, call) => {
      const key = (call.params[param] ?? "").toLowerCase();
      const account = world.tables.users.first({ key });
      const appId = appOf(call.caller).id;
      const found =
        account === null
          ? null
          : world.tables.installations.first({ appId, accountId: account.id });
      if (found === null) throw notFound();
      return ok(renderInstallation(world, found));
    },
  });
}

function createToken(
  world: World,
  call: Call & { readonly body: z.infer<typeof tokenWish> | null | undefined },
): Reply {
  const installation = findInstallation(world, call);
  if (installation.suspendedAt !== null) {
    throw new GitHubError(403, { message: "This installation has been suspended" });
  }
  const wish = call.body ?? {};
  const permissions = wish.permissions ?? installation.permissions;
  checkPermissions(permissions, installation);
  const wanted = wantedRepositories(world, installation, wish);
  const repositoryIds = wanted?.map((row) => row.id) ?? null;
  const { token, expiresAt } = world.transaction(() =>
    mintToken(world, installation, {
      repositoryIds,
      permissions: { metadata: "read", ...permissions },
    }),
  );
  return created({
    token,
    expires_at: timestamp(expiresAt),
    permissions: { metadata: "read", ...permissions },
    repository_selection: wanted === null ? selectionOf(installation) : "selected",
    ...(wanted === null ? {} : { repositories: wanted.map((row) => renderRepository(world, row)) }),
  });
}

function checkPermissions(wanted: Permissions, installation: InstallationRow): void {
  for (const [name, level] of Object.entries(wanted)) {
    if (grants(installation.permissions, name, level === "read" ? "read" : "write")) continue;
    throw unprocessable("The permissions requested are not granted to this installation.");
  }
}

function wantedRepositories(
  world: World,
  installation: InstallationRow,
  wish: z.infer<typeof tokenWish>,
) {
  if (wish.repositories === undefined && wish.repository_ids === undefined) return null;
  const covered = coveredRepositories(world, installation);
  const byName = (wish.repositories ?? []).map((name) =>
    covered.find((row) => row.name.toLowerCase() === name.toLowerCase()),
  );
  const byId = (wish.repository_ids ?? []).map((id) => covered.find((row) => row.id === id));
  return [...byName, ...byId].map((row) => {
    if (row === undefined) {
      throw unprocessable(
        "There is at least one repository that does not exist or is not accessible to the parent installation.",
      );
    }
    return row;
  });
}

function listRepositories(world: World, call: Call): Reply {
  const { caller } = call;
  if (caller.kind !== "installation") throw notFound();
  const rows = coveredRepositories(world, caller.installation).filter(
    (row) => caller.repositoryIds?.includes(row.id) ?? true,
  );
  const repositories = sliceOf(call, rows).map((row) => renderRepository(world, row));
  const selection = selectionOf(caller.installation);
  const body = { total_count: rows.length, repository_selection: selection, repositories };
  return { status: 200, body, headers: linkTo(world, call, rows.length) };
}

function findInstallation(world: World, call: Call): InstallationRow {
  const row = world.tables.installations.get(numberParam(call, "installation_id"));
  if (row === null || row.appId !== appOf(call.caller).id) throw notFound();
  return row;
}

/** The App that asks. @throws GitHubError 401 for other callers */
export function appOf(caller: Caller): AppRow {
  if (caller.kind === "app") return caller.app;
  throw new GitHubError(401, { message: "A JSON web token could not be decoded" });
}
