import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { createSandbox, type SandboxOptions } from "../../src/adapters/sandbox/sandbox.ts";
import { createTerminal } from "../../src/adapters/tmux/tmux.ts";
import { startBroker } from "../../src/broker/broker.ts";
import { DEFAULT_BROKER_LIMITS } from "../../src/broker/broker-limits.ts";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { createTask, planDone } from "../../src/domain/decide-plan.ts";
import type { HostEffect, HostOperation } from "../../src/domain/effect.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal } from "../../src/domain/refusal.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { performHostEffect } from "../../src/host/perform-host.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { ToolReply } from "../../src/ports/epics.ts";
import type { SessionInfo } from "../../src/ports/host.ts";
import { type GitWorld, inGitWorld } from "../adapters/git/git-world.ts";
import { roomyHost } from "../support/host-settings.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type ReadyProduct, startReadyProduct } from "./ready-product.ts";

export type HostWorld = {
  readonly ports: HostPorts;
  readonly git: GitWorld;
  readonly databaseUrl: string;
  readonly product: ReadyProduct;
  readonly start: string;
  readonly view: () => Promise<EpicView>;
  readonly perform: (effect: HostEffect) => Promise<void>;
  /** Asks the host for something as a tool of the worker's does. */
  readonly ask: (callId: string, operation: HostOperation) => Promise<ToolReply | null>;
  /** Waits until the worker's session is as it is asked to be. */
  readonly session: (isSo: (session: SessionInfo | undefined) => boolean) => Promise<void>;
};

/** What agents do instead of being a model's: a script of the cell's shell. */
export type Agent = string;

const worker = "worker/1";
const waitLimitMs = 20_000;

/** One task about to start, on a real host: tmux, cells, broker, git and PostgreSQL. */
export async function onHost(
  agent: Agent,
  story: (world: HostWorld) => Promise<void>,
  cells: Partial<SandboxOptions> = {},
): Promise<void> {
  const runtime = temporaryFolder();
  const { store, databaseUrl } = await openTestStore();
  const limits = DEFAULT_BROKER_LIMITS;
  const product = await startReadyProduct();
  const upstream = new URL(product.url);
  const broker = await startBroker({ dir: join(runtime, "b"), upstream, secret: null, limits });
  const terminal = createTerminal({ socketPath: join(runtime, "tmux.sock") });
  try {
    await inGitWorld(async (git) => {
      const logDir = join(git.dataDir, "logs");
      mkdirSync(logDir, { recursive: true });
      const ports: HostPorts = {
        store,
        git: git.git,
        sandbox: createSandbox({ dataDir: git.dataDir, ...cells }),
        terminal,
        broker: createBroker({ controlSocket: broker.controlSocket }),
        settings: {
          hostName: "h",
          logDir,
          runnerArgv: ["/bin/sh", "-c", agent],
          claudeCodeArgv: ["/bin/sh", "-c", agent],
          maxPackBytes: 1_000_000,
          maxDiffBytes: 10_000,
          maxFileBytes: 10_000,
          ...roomyHost,
          restarts: { ...roomyHost.restarts, maxCrashes: 2 },
          signOff: null,
        },
      };
      await story({ ...(await furnish(git, ports)), databaseUrl, product });
    });
  } finally {
    for (const { name } of await terminal.list()) await terminal.kill(name);
    await terminal.shutdown();
    await broker.stop();
    await product.goAway();
    await store.close();
  }
}

async function furnish(
  git: GitWorld,
  ports: HostPorts,
): Promise<Omit<HostWorld, "databaseUrl" | "product">> {
  const { store, terminal } = ports;
  const start = git.branch("ff/epic-12-a-catalogue", { "a.txt": "1\n2\n3\n4\n5\n" });
  const epicId = await openTestEpic(store);
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => {
    const request = { title: "Prices", description: "d", acceptance: ["a"], dependsOn: [] };
    const decision = createTask(view, { ...request, insist: null });
    if (isRefusal(decision)) throw new Error(decision.detail);
    return { decision, result: null };
  });
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => {
    const decision = planDone(view, "");
    if (isRefusal(decision)) throw new Error(decision.detail);
    return { decision, result: null };
  });
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
    decision: applyFacts(view, [
      { kind: "epicBranchMade", baseSha: start, tipSha: start },
      { kind: "taskIssueMade", task: 1, issueNumber: 13, issueId: 113 },
    ]),
    result: null,
  }));
  const view = () => store.epics.view(epicId);
  const perform = async (effect: HostEffect) => {
    await performHostEffect(effect, await view(), ports);
  };
  return {
    ports,
    git,
    start,
    view,
    perform,
    ask: async (callId, operation) => {
      const life = { epicId, agent: worker, role: "worker", task: 1, life: 1 } as const;
      await store.epics.change(epicId, { what: "tool", actor: worker }, () => ({
        decision: {},
        notes: [{ kind: "toolCall", life, callId, tool: "t", input: {}, reply: null, operation }],
        result: null,
      }));
      await perform({ kind: "hostOperation", agent: worker, callId });
      return (await store.conversations.call(epicId, worker, callId))?.reply ?? null;
    },
    session: async (isSo) => {
      await awaitFact(
        "the worker's session is as expected",
        async () => (await terminal.list()).find(({ name }) => name.includes("worker-13")),
        isSo,
        { limitMs: waitLimitMs },
      );
    },
  };
}
