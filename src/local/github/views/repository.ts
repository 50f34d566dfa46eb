import type { JsonObject } from "../json.ts";
import { type RepositoryRow, type RoleName, roleNames } from "../store/accounts.ts";
import { apiUrl, nodeId, timestamp, type World } from "../world.ts";
import { renderUser } from "./user.ts";

/** `owner/name` as it is spelled. */
export function fullNameOf(world: World, repository: RepositoryRow): string {
  return `${world.tables.users.must(repository.ownerId).login}/${repository.name}`;
}

/** The address of a repository in the API; most other addresses begin with it. */
export function repositoryApi(world: World, repository: RepositoryRow): string {
  return `${apiUrl(world)}/repos/${fullNameOf(world, repository)}`;
}

/** The address of a repository's page. */
export function repositoryPage(world: World, repository: RepositoryRow): string {
  return `${world.origin}/${fullNameOf(world, repository)}`;
}

/** A repository as it appears inside other objects, and in webhooks. */
export function renderRepository(world: World, repository: RepositoryRow): JsonObject {
  const owner = world.tables.users.must(repository.ownerId);
  const page = repositoryPage(world, repository);
  const open = world.tables.issues.count({ repositoryId: repository.id, state: "open" });
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: `${owner.login}/${repository.name}`,
    owner: renderUser(world, owner),
    private: repository.private,
    html_url: page,
    description: repository.description,
    fork: false,
    ...addresses(repositoryApi(world, repository)),
    git_url: `git://${new URL(world.origin).host}/${owner.login}/${repository.name}.git`,
    ssh_url: `git@localhost:${owner.login}/${repository.name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    mirror_url: null,
    language: null,
    size: 0,
    ...countsAndSwitches(repository, open),
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.updatedAt),
    pushed_at: timestamp(repository.pushedAt),
  };
}

/** `GET R`, with what only the full form has. */
export function renderFullRepository(
  world: World,
  repository: RepositoryRow,
  role: RoleName | null,
): JsonObject {
  const owner = world.tables.users.must(repository.ownerId);
  return {
    ...renderRepository(world, repository),
    subscribers_count: 0,
    network_count: 0,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    ...(role === null ? {} : { permissions: renderPermissions(role) }),
    ...(owner.type === "Organization" ? { organization: renderUser(world, owner) } : {}),
  };
}

/** The booleans GitHub derives from a role. */
export function renderPermissions(role: RoleName): JsonObject {
  const atLeast = (least: RoleName) => roleNames.indexOf(role) >= roleNames.indexOf(least);
  return {
    admin: atLeast("admin"),
    maintain: atLeast("maintain"),
    push: atLeast("write"),
    triage: atLeast("triage"),
    pull: atLeast("read"),
  };
}

function countsAndSwitches(repository: RepositoryRow, open: number): JsonObject {
  return {
    default_branch: repository.defaultBranch,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: open,
    open_issues_count: open,
    is_template: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    license: null,
    allow_forking: true,
    web_commit_signoff_required: false,
  };
}

function addresses(api: string): JsonObject {
  return {
    url: api,
    archive_url: `${api}/{archive_format}{/ref}`,
    assignees_url: `${api}/assignees{/user}`,
    blobs_url: `${api}/git/blobs{/sha}`,
    branches_url: `${api}/branches{/branch}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    comments_url: `${api}/comments{/number}`,
    commits_url: `${api}/commits{/sha}`,
    compare_url: `${api}/compare/{base}...{head}`,
    contents_url: `${api}/contents/{+path}`,
    contributors_url: `${api}/contributors`,
    deployments_url: `${api}/deployments`,
    downloads_url: `${api}/downloads`,
    events_url: `${api}/events`,
    forks_url: `${api}/forks`,
    git_commits_url: `${api}/git/commits{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    hooks_url: `${api}/hooks`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    issue_events_url: `${api}/issues/events{/number}`,
    issues_url: `${api}/issues{/number}`,
    ...moreAddresses(api),
  };
}

function moreAddresses(api: string): JsonObject {
  return {
    keys_url: `${api}/keys{/key_id}`,
    labels_url: `${api}/labels{/name}`,
    languages_url: `${api}/languages`,
    merges_url: `${api}/merges`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    pulls_url: `${api}/pulls{/number}`,
    releases_url: `${api}/releases{/id}`,
    stargazers_url: `${api}/stargazers`,
    statuses_url: `${api}/statuses/{sha}`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    tags_url: `${api}/tags`,
    teams_url: `${api}/teams`,
    trees_url: `${api}/git/trees{/sha}`,
  };
}
