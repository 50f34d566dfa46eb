import { join } from "node:path";
import { type BareRepository, type Commit, openBareRepository } from "./bare-repository.ts";
import { type DatabaseFacts, databaseTime, type Row, readDatabase } from "./database-facts.ts";
import { type HostFacts, readHost } from "./host-facts.ts";
import { type GitHubFacts, type GitHubRow, readLocalGitHub } from "./local-github-facts.ts";
import { type ProcessFacts, readProcesses } from "./process-facts.ts";
import type { CheckedWorld } from "./world.ts";

/** An epic, and what git says of its branch. */
export type EpicFacts = {
  readonly row: Row<"epics">;
  /** `acme/shop#12`, for what is reported. */
  readonly name: string;
  readonly repository: GitHubRow<"repositories">;
  readonly bare: BareRepository;
  /** The branch's tip: as it is, or as its pull request remembers it; null before it was made. */
  readonly tip: string | null;
  /** The epic branch's own line after its base, oldest first. */
  readonly line: readonly Commit[];
  readonly tasks: readonly Row<"tasks">[];
  readonly agents: readonly Row<"agents">[];
  readonly approvals: readonly Row<"approvals">[];
  readonly landings: readonly Row<"landings">[];
  readonly history: readonly Row<"history">[];
  readonly outbox: readonly Row<"outbox">[];
};

/** All that is judged, read at about one moment. */
export type Facts = {
  readonly world: CheckedWorld;
  /** The database's time before anything was read: what was finished then is everywhere. */
  readonly since: Date;
  readonly database: DatabaseFacts;
  readonly gitHub: GitHubFacts;
  readonly hosts: readonly HostFacts[];
  readonly processes: readonly ProcessFacts[];
  readonly epics: readonly EpicFacts[];
  /** Ids of the App that the product is. */
  readonly appIds: ReadonlySet<number>;
};

/**
 * Effects have a row before they happen and are done after: so the outside is read first, the
 * tables last, and only what was done before either is asked for outside.
 */
export async function gatherFacts(world: CheckedWorld): Promise<Facts> {
  const since = await databaseTime(world.databaseUrl);
  const gitHub = await readLocalGitHub(world.gitHub.url, world.gitHub.controlToken);
  const hosts = await Promise.all(world.hosts.map(readHost));
  const processes = readProcesses();
  const database = await readDatabase(world.databaseUrl);
  const installations = new Set(database.repositories.map((row) => row.installation_id));
  const appIds = new Set(
    gitHub.installations.filter(({ id }) => installations.has(id)).map(({ appId }) => appId),
  );
  const epics: EpicFacts[] = [];
  for (const row of database.epics) epics.push(await epicFacts(row, world, gitHub, database));
  return { world, since, database, gitHub, hosts, processes, epics, appIds };
}

async function epicFacts(
  row: Row<"epics">,
  world: CheckedWorld,
  gitHub: GitHubFacts,
  database: DatabaseFacts,
): Promise<EpicFacts> {
  const { github_id: githubId } = must(
    database.repositories.find(({ id }) => id === row.repository_id),
    `the repository of epic ${row.id} in the database`,
  );
  const repository = must(
    gitHub.repositories.find(({ id }) => id === githubId),
    `repository ${githubId} on the local GitHub`,
  );
  const bare = openBareRepository(bareRepositoryOf(repository, world));
  const pull = gitHub.pulls.find(
    (one) => one.repositoryId === repository.id && one.number === row.pull_request,
  );
  const tip = repository.refs[`refs/heads/${row.branch}`] ?? pull?.headSha ?? row.tip_sha;
  const line =
    row.base_sha === null || tip === null ? [] : await bare.firstParents(row.base_sha, tip);
  const ofEpic = <One extends { readonly epic_id: number }>(rows: readonly One[]) =>
    rows.filter((one) => one.epic_id === row.id);
  return {
    row,
    name: `${repository.fullName}#${row.issue_number}`,
    repository,
    bare,
    tip,
    line,
    tasks: ofEpic(database.tasks),
    agents: ofEpic(database.agents),
    approvals: ofEpic(database.approvals),
    landings: ofEpic(database.landings),
    history: ofEpic(database.history),
    outbox: ofEpic(database.outbox),
  };
}

function bareRepositoryOf(
  { id, fullName }: GitHubRow<"repositories">,
  { gitHub: { bareRepositories, dataDir } }: CheckedWorld,
): string {
  const inData = dataDir === undefined ? undefined : join(dataDir, "repositories", `${id}.git`);
  return must(bareRepositories[fullName] ?? inData, `bare repository of ${fullName}`);
}

/** @throws {Error} that names what the world lacks: then there is nothing to judge */
function must<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw new Error(`The world has no ${what}.`);
  return value;
}
