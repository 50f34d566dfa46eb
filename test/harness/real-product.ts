import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createWebHandlers, type WebOptions } from "../../src/http/index.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { ScriptedModel } from "../../src/local/model/scripted-model.ts";
import { atWork } from "../http/support/epic-at-work.ts";
import { type Life, startWeb, type Web } from "../http/support/web.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// The product's own routes and database under the real runner, outside of a cell: no broker stands
// between them, so the token alone proves who is calling.

const PROGRAM = join(import.meta.dirname, "../../src/harness/main.ts");

export type RunningLife = {
  readonly child: ChildProcess;
  readonly screen: () => string;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
};

export type RealProduct = {
  readonly web: Web;
  /** Of the first task, begun by no process yet. */
  readonly worker: Life;
  readonly worktree: string;
  /** `args` are the harness's own, after those it needs here. */
  readonly run: (life: Life, args?: readonly string[]) => Promise<RunningLife>;
};

/** The product with an epic at work, in front of a scripted model. */
export async function startProduct(
  model: ScriptedModel,
  limits: Partial<WebOptions["agents"]["limits"]> & { readonly contextTokens?: number } = {},
): Promise<RealProduct> {
  const { contextTokens = 200_000, ...changed } = limits;
  const web = await startWeb((options) => ({
    ...options,
    brokerSecret: null,
    agents: {
      ...options.agents,
      prompts: { ...options.agents.prompts, systemPrompt: (role) => `# Role: ${role}\nYou work.` },
      contextTokens: () => contextTokens,
      maxTokens: 1_000,
      limits: { ...options.agents.limits, idleMs: 50, ...changed },
    },
    gateway: {
      ...options.gateway,
      allowedModels: ["model-w"],
      // What a killed life left is given up within the test.
      ...{ drainMs: 1_000, limits: { ...options.gateway.limits, firstByteMs: 5_000 } },
      upstream: {
        baseUrl: model.url,
        credential: { kind: "apiKey", secret: new Secret("any-key-at-all") },
      },
    },
  }));
  const { worker } = await atWork(web);
  const worktree = temporaryFolder();
  return { web, worker, worktree, run: (life, args = []) => run(web, life, worktree, args) };
}

async function run(
  web: Web,
  life: Life,
  worktree: string,
  args: readonly string[],
): Promise<RunningLife> {
  const brokerDir = temporaryFolder();
  writeFileSync(join(brokerDir, "token"), life.token);
  await serveAt(join(brokerDir, "broker.sock"), web.options);
  const own = ["--broker-dir", brokerDir, "--attempts", "4", ...args];
  const child = spawn(process.execPath, [PROGRAM, ...own], {
    cwd: worktree,
    env: { PATH: process.env["PATH"], HOME: temporaryFolder(), FACTORY_WORKTREE: worktree },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let screen = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      screen += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, screen: () => screen, ended };
}

async function serveAt(socket: string, options: WebOptions): Promise<void> {
  const handlers = createWebHandlers(options);
  const server = createServer(async (req, res) => {
    for (const handler of handlers) if (await handler(req, res)) return;
    res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(socket, () => resolve()));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}
