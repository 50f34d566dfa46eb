import { randomUUID } from "node:crypto";
import { approvalIdLength } from "../domain/approval.ts";
import { createModelGateway } from "../gateway/proxy.ts";
import { shortId } from "../lib/ids.ts";
import { redactShapes } from "../lib/redact.ts";
import type { Secret } from "../lib/secret.ts";
import type { Queues } from "../ports/queues.ts";
import type { Store } from "../ports/store.ts";
import type { CallRules } from "../tools/decide-call.ts";
import { tools } from "../tools/index.ts";
import type { ToolLimits } from "../tools/run-tool.ts";
import { createMcpServer } from "../tools/server.ts";
import { createAdmitModelCall } from "./admit-model-call.ts";
import { agentRoutes, forLife } from "./agent-api.ts";
import type { AgentApi } from "./agent-ports.ts";
import { createBodyRoom } from "./body-room.ts";
import { deliveries } from "./deliveries.ts";
import {
  createGatewayBooking,
  createGatewayHolds,
  createGatewayLimiter,
  type GatewaySettings,
  gatewayOptions,
} from "./gateway-options.ts";
import { type HealthOptions, health } from "./health.ts";
import { createIdentifyCaller } from "./identify-caller.ts";
import type { Log } from "./log.ts";
import { mcp } from "./mcp.ts";
import { messages } from "./messages.ts";
import { createModelProgress } from "./model-progress.ts";
import { defaultPerLifeLimits, type PerLifeLimits } from "./per-life.ts";
import { type Handler, handlerOf } from "./route.ts";
import { createStrike, defaultMaxStrikes, type Strike } from "./strikes.ts";
import { createOnToolError } from "./tool-error.ts";
import { createOnToolRefused } from "./tool-refused.ts";

export type WebOptions = {
  readonly store: Pick<
    Store,
    | "epics"
    | "inbox"
    | "lives"
    | "health"
    | "conversations"
    | "modelCalls"
    | "modelWindows"
    | "modelTroubles"
    | "ping"
  >;
  readonly queues: Queues;
  /** Throws when Redis does not answer. */
  readonly pingQueue: () => Promise<void>;
  readonly log: Log;
  readonly version: string;
  readonly webhookSecret: Secret;
  /** Events that webhooks/ reads. */
  readonly knownEvents: ReadonlySet<string>;
  /** Shared with the brokers; null where there is none. */
  readonly brokerSecret: Secret | null;
  readonly isDraining: () => boolean;
  readonly agents: Pick<
    AgentApi,
    "prompts" | "modelId" | "maxTokens" | "contextTokens" | "limits" | "longestPollMs" | "clock"
  >;
  readonly tools: ToolLimits;
  readonly toolRules: Pick<CallRules, "deniedTools" | "profiles" | "maxTaskRetries">;
  /** For so long an open model request counts as progress; 600,000. */
  readonly modelBusyMs?: number;
  /** Requests of one life that may be misuse before it is ended; 20. */
  readonly maxStrikes?: number;
  /** Defaults to `defaultPerLifeLimits`. */
  readonly perLife?: PerLifeLimits;
  readonly gateway: GatewaySettings;
};

const defaultModelBusyMs = 600_000;

/** Every route of the product, to be asked in this order. */
export function createWebHandlers(options: WebOptions): readonly Handler[] {
  const { store, log, perLife = defaultPerLifeLimits } = options;
  const limiter = createGatewayLimiter(options);
  const booking = createGatewayBooking(options);
  const { maxStrikes = defaultMaxStrikes } = options;
  const strike = createStrike({ store, maxStrikes, log });
  const identify = createIdentifyCaller({ ...options, lives: store.lives, strike });
  const enterBody = createBodyRoom(perLife.bodyBytes);
  const inbox = deliveries({ ...options, inbox: store.inbox });
  const routes = [
    inbox,
    // Probot's set-up page registers the App with the bare address of whoever opened it.
    { ...inbox, path: "/" },
    ...health({ ...healthOptions(options), models: limiter.counts }),
    ...agentRoutes({ ...options.agents, ...store, perLife }, identify, strike, enterBody),
    forLife(mcp(toolServer(options, strike)), identify, strike, enterBody),
    ...messages({
      gateway: createModelGateway(gatewayOptions(options, limiter, booking)),
      ...{ identify, strike, enterBody },
      admit: createAdmitModelCall({
        ...store,
        limits: perLife,
        budgets: options.gateway.budgets,
        booked: booking.settled,
        newCallId: randomUUID,
        hold: createGatewayHolds(options),
        leaseMs: options.gateway.leaseMs,
        models: options.gateway.models,
        contextTokens: options.agents.contextTokens,
      }),
      progress: createModelProgress(store.health, options.modelBusyMs ?? defaultModelBusyMs),
      limits: options.gateway.requestLimits,
      maxTokens: options.gateway.maxTokens,
    }),
  ];
  return routes.map((route) => handlerOf(route, log));
}

function healthOptions({ store, pingQueue, isDraining, agents }: WebOptions): HealthOptions {
  const checks = { database: store.ping, queue: pingQueue };
  return { checks, isDraining, nowMs: agents.clock.nowMs };
}

function toolServer({ store, log, version, tools: limits, toolRules }: WebOptions, strike: Strike) {
  return createMcpServer({
    tools,
    ...toolRules,
    newApprovalId: () => shortId(approvalIdLength),
    redact: redactShapes,
    epics: store.epics,
    conversations: store.conversations,
    limits,
    version,
    newCallId: randomUUID,
    onRefused: createOnToolRefused({ store, log, strike, tellAfter: limits.tellRefusalsAfter }),
    onError: createOnToolError(store.epics, log),
  });
}
