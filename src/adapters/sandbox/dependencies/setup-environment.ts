import { NPM_PORT, REGISTRIES_PORT } from "../../../lib/registry-ports.ts";
import { CELL_PATHS } from "../cell-argv.ts";
import { DEPENDENCY_ENVIRONMENT, SHARED_DEPENDENCIES } from "./lent-argv.ts";

// Where package managers find their registries in a cell. None of them asks a question, reports
// anything, or keeps a cache that outlives the setup.

const DOOR = `http://127.0.0.1:${REGISTRIES_PORT}/registry`;
const NPM = `http://127.0.0.1:${NPM_PORT}/`;

/** In agents' cells whatever is fetched is gone with the cell. */
export const AGENT_REGISTRIES = registryEnvironment("/tmp");

/** @returns what runs a command beside the way to the registries */
export function withRegistries(argv: readonly string[]): readonly string[] {
  return [
    ...[`${CELL_PATHS.bin}/node`, `${CELL_PATHS.sources}/registries/main.ts`],
    ...[`${CELL_PATHS.broker}/broker.sock`, ...argv],
  ];
}

/** What makes package managers read the registries of a cell's own loopback. */
function registryEnvironment(scratch: string): Readonly<Record<string, string>> {
  return {
    npm_config_registry: NPM,
    // Lock files name the registry that they were written against.
    npm_config_replace_registry_host: "always",
    npm_config_cache: `${scratch}/npm`,
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_progress: "false",
    npm_config_fetch_retries: "2",
    npm_config_fetch_retry_mintimeout: "500",
    npm_config_fetch_retry_maxtimeout: "5000",
    npm_config_fetch_retry_factor: "2",
    // Where pnpm keeps its store, and others their caches.
    XDG_DATA_HOME: `${scratch}/share`,
    XDG_CACHE_HOME: `${scratch}/cache`,
    YARN_REGISTRY: NPM,
    YARN_NPM_REGISTRY_SERVER: NPM,
    YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
    YARN_ENABLE_TELEMETRY: "0",
    YARN_ENABLE_GLOBAL_CACHE: "0",
    YARN_CACHE_FOLDER: `${scratch}/yarn`,
    PIP_INDEX_URL: `${DOOR}/pypi/simple/`,
    PIP_TRUSTED_HOST: "127.0.0.1",
    PIP_NO_CACHE_DIR: "1",
    PIP_NO_INPUT: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    GOPROXY: `${DOOR}/go`,
    // A proxy's own answers are held against go.sum; the public notary is not reached.
    GONOSUMDB: "*",
    GOFLAGS: "-modcacherw",
  };
}

/** @param scripts whether packages may run programs while they are installed */
export function setupEnvironment(scripts: boolean): Readonly<Record<string, string>> {
  return {
    ...DEPENDENCY_ENVIRONMENT,
    ...registryEnvironment("/work/scratch"),
    npm_config_ignore_scripts: String(!scripts),
    YARN_ENABLE_SCRIPTS: scripts ? "1" : "0",
    ...(scripts ? {} : { PIP_ONLY_BINARY: ":all:" }),
    PIP_TARGET: `${SHARED_DEPENDENCIES}/python`,
  };
}
