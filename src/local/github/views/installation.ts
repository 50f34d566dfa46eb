import type { JsonObject } from "../json.ts";
import type { InstallationRow } from "../store/accounts.ts";
import { apiUrl, timestamp, timestampOrNull, type World } from "../world.ts";
import { renderUser } from "./user.ts";

/** An App's installation on an account. */
export function renderInstallation(world: World, installation: InstallationRow): JsonObject {
  const app = world.tables.apps.must(installation.appId);
  const account = world.tables.users.must(installation.accountId);
  const api = `${apiUrl(world)}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    client_id: app.clientId,
    account: renderUser(world, account),
    repository_selection: selectionOf(installation),
    access_tokens_url: `${api}/access_tokens`,
    repositories_url: `${apiUrl(world)}/installation/repositories`,
    html_url: `${world.origin}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: timestamp(installation.createdAt),
    updated_at: timestamp(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: timestampOrNull(installation.suspendedAt),
  };
}

/** `all` or `selected` repositories. */
export function selectionOf(installation: InstallationRow): "all" | "selected" {
  return installation.repositoryIds === null ? "all" : "selected";
}
