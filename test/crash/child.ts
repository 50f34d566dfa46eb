import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { createGit } from "../../src/adapters/git/git.ts";
import { createGitHub } from "../../src/adapters/github/create-github.ts";
import { createStore } from "../../src/adapters/postgres/store.ts";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { createTerminal } from "../../src/adapters/tmux/tmux.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { watchLives } from "../../src/host/end-life.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { landEpic } from "../../src/landing/land-epic.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Sandbox } from "../../src/ports/host.ts";
import { performHostLane } from "../../workers/agents.ts";
import { performGitHubLane } from "../../workers/effects.ts";
import { roomyHost } from "../support/host-settings.ts";
import { rules } from "../support/store.ts";
import { type CaseSpec, caseSpec } from "./case-spec.ts";
import { die, type Mortal, mortalPorts } from "./mortal-ports.ts";

// A process of the product's, cut down to one lane: it performs and dies, or performs what another
// that died has left.

/** Short for the one that dies, so that nobody waits long for what it held. */
const leaseMs = { dying: 600, finishing: 30_000 };
const finishLimitMs = 30_000;
const quiet = { debug: () => {}, warn: () => {} };

/** Performs what the spec names. Killed on the way when it says so; else returns when it is done. */
export async function runChild(specFile: string): Promise<void> {
  const spec = caseSpec.parse(JSON.parse(readFileSync(specFile, "utf8")));
  const ports = await portsOf(spec);
  const { death } = spec;
  const perform = performerOf(spec, death === null ? ports : mortalPorts(ports, death), ports);
  if (death !== null) {
    // A lost answer is an error that the lane books; the process dies with it booked.
    await perform().catch(() => null);
    die();
  }
  await awaitFact(
    "what was begun is done",
    async () => {
      await perform();
      return await isDone(spec, ports);
    },
    (done) => done,
    { limitMs: finishLimitMs, everyMs: 50 },
  );
  if (spec.lane?.startsWith("agent/")) await watchLives(hostPorts(spec, ports));
  await ports.store.close();
}

type Ports = Mortal & { readonly sandbox: Sandbox };

async function portsOf(spec: CaseSpec): Promise<Ports> {
  const { gitHub, host } = spec;
  const github = createGitHub({
    appId: gitHub.appId,
    privateKey: new Secret(gitHub.privateKey),
    baseUrl: `${gitHub.url}/api/v3`,
    gitBaseUrl: gitHub.url,
    clock: systemClock,
    writeIntervalMs: 0,
    log: quiet,
  });
  return {
    github,
    git: createGit({ dataDir: host.dataDir, remoteOf: github.gitRemote }),
    terminal: createTerminal({ socketPath: join(host.runtimeDir, "tmux.sock") }),
    broker: createBroker({ controlSocket: host.brokerSocket }),
    store: await createStore({
      databaseUrl: spec.databaseUrl,
      rules,
      onChange: async () => {},
    }),
    sandbox: createSandbox({ dataDir: host.dataDir }),
  };
}

function performerOf(spec: CaseSpec, ports: Mortal, { sandbox }: Ports): () => Promise<void> {
  const { lane, epicId, death } = spec;
  const lease = death === null ? leaseMs.finishing : leaseMs.dying;
  const { github, git, store } = ports;
  const settings = {
    holder: `crash/${process.pid}`,
    leaseMs: lease,
    maxAttempts: 10,
    maxNotYet: 120,
    notYetMs: 50,
    inDoubtMs: 200,
    restarts: defaultRestartRules,
  };
  const common = { store, settings, onFailure: () => {} };
  if (lane === null)
    return () =>
      landEpic(epicId, {
        store,
        git,
        sandbox,
        settings: {
          ...settings,
          verifyCommand: null,
          verifyTimeoutMs: 60_000,
          verifyOutputBytes: 10_000,
        },
        onLanding: () => {},
      });
  if (lane.startsWith("agent/"))
    return () => performHostLane(lane, { ...common, host: hostPorts(spec, { ...ports, sandbox }) });
  return () => performGitHubLane(lane, { ...common, github, git, limits: { settleAfterMs: 0 } });
}

function hostPorts({ host }: CaseSpec, ports: Ports): HostPorts {
  const logDir = join(host.dataDir, "logs", "panes");
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  return {
    ...ports,
    settings: {
      hostName: "crash",
      logDir,
      runnerArgv: ["/bin/sleep", "600"],
      claudeCodeArgv: ["/bin/sleep", "600"],
      maxPackBytes: 1_000_000,
      maxDiffBytes: 10_000,
      maxFileBytes: 10_000,
      ...roomyHost,
      signOff: null,
    },
  };
}

async function isDone({ lane, epicId, databaseUrl }: CaseSpec, { store }: Ports): Promise<boolean> {
  if (lane === null)
    return (await store.epics.view(epicId)).tasks.every((task) => task.state === "COMPLETED");
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const waiting = "select 1 from outbox where lane = $1 and state = 'waiting'";
    return (await client.query(waiting, [lane])).rowCount === 0;
  } finally {
    await client.end();
  }
}
