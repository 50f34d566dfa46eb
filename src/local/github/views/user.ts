import type { JsonObject } from "../json.ts";
import type { AppRow, UserRow } from "../store/accounts.ts";
import { apiUrl, nodeId, timestamp, type World } from "../world.ts";

/** A person, bot or organisation as it appears inside other objects. */
export function renderUser(world: World, user: UserRow): JsonObject {
  // GitHub escapes the brackets of `slug[bot]` in addresses.
  const login = encodeURIComponent(user.login);
  const api = `${apiUrl(world)}/users/${login}`;
  const isApp = user.type === "Bot";
  const page = isApp ? `apps/${user.login.replace(/\[bot\]$/u, "")}` : login;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId(user.type === "Organization" ? "O" : isApp ? "BOT" : "U", user.id),
    avatar_url: `${world.origin}/avatars/${user.id}`,
    gravatar_id: "",
    url: api,
    html_url: `${world.origin}/${page}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** The same by id; null for null. */
export function renderUserById(world: World, id: number | null): JsonObject | null {
  return id === null ? null : renderUser(world, world.tables.users.must(id));
}

/** The longer form of `GET /users/{username}`. */
export function renderProfile(world: World, user: UserRow): JsonObject {
  return {
    ...renderUser(world, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: timestamp(user.createdAt),
    updated_at: timestamp(user.createdAt),
  };
}

/** An organisation as webhooks carry it. */
export function renderOrganization(world: World, user: UserRow): JsonObject {
  const api = `${apiUrl(world)}/orgs/${user.login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("O", user.id),
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${world.origin}/avatars/${user.id}`,
    description: null,
  };
}

/** An App, e.g. as `performed_via_github_app`. */
export function renderApp(world: World, app: AppRow): JsonObject {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    owner: renderUser(world, world.tables.users.must(app.ownerId)),
    name: app.name,
    description: app.description,
    external_url: app.externalUrl,
    html_url: `${world.origin}/apps/${app.slug}`,
    created_at: timestamp(app.createdAt),
    updated_at: timestamp(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

/** The same by id; null for null. */
export function renderAppById(world: World, id: number | null): JsonObject | null {
  return id === null ? null : renderApp(world, world.tables.apps.must(id));
}
