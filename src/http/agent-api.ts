import { agentCompactions } from "./agent-compactions.ts";
import { agentLocalCalls } from "./agent-local-calls.ts";
import type { AgentApi } from "./agent-ports.ts";
import { agentSession } from "./agent-session.ts";
import { agentStart } from "./agent-start.ts";
import { agentTurns } from "./agent-turns.ts";
import { agentWait } from "./agent-wait.ts";
import { type EnterBody, withBody } from "./body-room.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { agentBodyLimits, type LifeRoute } from "./life-route.ts";
import type { Route } from "./route.ts";
import { type Strike, saysMisuse } from "./strikes.ts";

// What a runner asks of the product, apart from tools and models: its conversation, the journal of
// its local tools, and mail. Every request is a heartbeat of its life.

export function agentRoutes(
  api: AgentApi,
  identify: IdentifyCaller,
  strike: Strike,
  enterBody: EnterBody,
): readonly Route[] {
  return [
    agentStart(api),
    agentTurns(api),
    agentSession(api),
    agentCompactions(api),
    agentLocalCalls(api),
    agentWait(api),
  ].map((route) => forLife(route, identify, strike, enterBody));
}

/** Lets only lives in, as far as there is room, and counts what they send that is broken or oversized. */
export function forLife(
  route: LifeRoute,
  identify: IdentifyCaller,
  strike: Strike,
  enterBody: EnterBody,
): Route {
  return {
    ...route,
    answer: async (exchange) => {
      const caller = await identify(exchange.req, route.busyForMs);
      if (caller.kind === "refused") return caller.reply;
      const { life, lifeName } = caller;
      const { maxBytes } = agentBodyLimits;
      const reply = await withBody(enterBody(life, exchange.req, maxBytes), exchange.req, (one) =>
        route.answer({ ...exchange, ...one, life, lifeName }),
      );
      const status = reply === "sent" ? exchange.res.statusCode : reply.status;
      if (saysMisuse(status)) await strike(life, `${route.path} answered ${status}`);
      return reply;
    },
  };
}
