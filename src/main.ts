import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import * as prompts from "./agents/prompts.ts";
import { type Config, exitWithLines, readConfig, requireVariables } from "./config.ts";
import { type ContextWindows, contextTokensOf } from "./gateway/context-windows.ts";
import { modelIdOf } from "./gateway/models.ts";
import { gatewaySettings, modelsOf } from "./gateway-settings.ts";
import { defaultMaxTokens } from "./http/agent-ports.ts";
import { createWebHandlers } from "./http/index.ts";
import { systemClock } from "./lib/clock.ts";
import { exitCodes, programFlags } from "./lib/program-flags.ts";
import { serveSetUp } from "./set-up-page.ts";
import { refuseFaults } from "./settings-checks/index.ts";
import { listenOn } from "./settings-checks/listen-on.ts";
import { logFaults } from "./settings-checks/log-faults.ts";
import { defaultToolLimits } from "./tools/run-tool.ts";
import { webhooks } from "./webhooks/index.ts";
import { buildCore, type Core, required, rulesOf } from "./wiring.ts";

/** What the web process cannot do without, besides a key or token of the model provider. */
export const webNeeds = [
  "APP_ID",
  "PRIVATE_KEY",
  "WEBHOOK_SECRET",
  "DATABASE_URL",
  "REDIS_URL",
] as const;

const usage = `Usage: npm start

Runs the web process: webhooks, health, the agents' API, tools and models. Without the App's
credentials it serves the page that makes the App. It reads its settings from the environment and
from .env; .env.example has them all, and \`npm run doctor\` checks them.

  --help  this text

${exitCodes}`;

export type Web = { readonly url: string; readonly close: () => Promise<void> };

/** The web process: webhooks into the inbox, health, the agents' API, tools and models. */
export async function startWeb(core: Core): Promise<Web> {
  const { config, log, store, queues } = core;
  let draining = false;
  const rules = rulesOf(config);
  const models = modelsOf(config);
  const idOf = (model: string) => modelIdOf(model, models);
  const handlers = createWebHandlers({
    store,
    queues,
    pingQueue: () => queues.ping(),
    log,
    version: versionOf(),
    webhookSecret: required(config, "WEBHOOK_SECRET"),
    knownEvents: new Set(webhooks.flatMap(({ events }) => events.map((event) => nameOf(event)))),
    brokerSecret: config.BROKER_SECRET ?? null,
    isDraining: () => draining,
    agents: {
      prompts,
      modelId: idOf,
      maxTokens: defaultMaxTokens,
      contextTokens: (model) => contextTokensOf(model, windowsOf(config), idOf),
      limits: {
        idleMs: config.AGENT_IDLE_MS,
        maxTurns: config.AGENT_MAX_TURNS,
        toolTimeoutMs: config.TOOL_TIMEOUT_MS,
        toolOutputBytes: config.TOOL_OUTPUT_BYTES,
        compactAtPercent: config.COMPACT_AT_PERCENT,
        compactKeepPercent: config.COMPACT_KEEP_PERCENT,
        summaryTokens: config.SUMMARY_TOKENS,
        answerMs: config.MODEL_ANSWER_LIMIT_MS,
        answerBytes: config.MAX_ANSWER_BYTES,
        patienceMs: config.AGENT_PATIENCE_MS,
        sameCallTimes: config.MAX_REPEATED_CALLS,
        wrongCallTimes: config.MAX_WRONG_CALLS,
        emptyAnswerTimes: config.MAX_EMPTY_ANSWERS,
      },
      clock: systemClock,
    },
    modelBusyMs: config.MODEL_ANSWER_LIMIT_MS,
    maxStrikes: config.MAX_STRIKES,
    perLife: {
      modelCalls: config.MAX_MODEL_CALLS,
      modelCallsAtOnce: config.MAX_MODEL_CALLS_AT_ONCE,
      bodyBytes: config.MAX_LIFE_BODY_BYTES,
      turns: config.MAX_TURNS,
      turnBytes: config.MAX_TURN_BYTES,
      sessionNotes: config.MAX_SESSION_NOTES,
      sessionNoteBytes: config.MAX_SESSION_NOTE_BYTES,
    },
    tools: {
      ...defaultToolLimits,
      tellRefusalsAfter: config.TOOL_REFUSALS_TOLD,
      approvalMs: config.APPROVAL_LIMIT_MS,
      maxPendingApprovals: config.MAX_PENDING_APPROVALS,
    },
    toolRules: {
      deniedTools: config.DENIED_TOOLS,
      profiles: rules,
      maxTaskRetries: config.MAX_TASK_RETRIES,
    },
    gateway: gatewaySettings(config, Object.values(rules.bounds.models)),
  });
  const server = createServer(async (req, res) => {
    for (const handle of handlers) if (await handle(req, res)) return;
    res.writeHead(404, { "content-type": "application/json" });
    res.end(JSON.stringify({ error: "notFound", detail: "There is no such page." }));
  });
  const url = await listen(server, config);
  log.info({ url }, "web.started");
  const close = async () => {
    draining = true;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, close };
}

async function listen(server: Server, config: Config): Promise<string> {
  await listenOn(server, config);
  // A server that listens on TCP has an address with a port.
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

function windowsOf(config: Config): ContextWindows {
  return { byModel: config.MODEL_CONTEXT_TOKENS, otherwise: config.CONTEXT_TOKENS };
}

/** Probot's `issues.labeled` is GitHub's event `issues`. */
function nameOf(event: string): string {
  return event.split(".", 1)[0] ?? event;
}

function versionOf(): string {
  const manifest: unknown = createRequire(import.meta.url)("../package.json");
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return hasVersion ? String(manifest.version) : "unknown";
}

async function main(): Promise<void> {
  programFlags({ usage });
  const config = readConfig();
  if (config.APP_ID === undefined && config.PRIVATE_KEY === undefined) return serveSetUp(config);
  requireVariables(config, webNeeds);
  const doubts = await refuseFaults(config, { isHost: false });
  const core = await buildCore(config, "web");
  logFaults(doubts, core.log);
  const web = await startWeb(core);
  const stop = async () => {
    await web.close();
    await core.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

if (import.meta.main) await main().catch(exitWithLines);
