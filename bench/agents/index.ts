import type { Measure } from "../measure.ts";
import { gatewayLatency } from "./gateway-latency.ts";
import { gatewayStreams } from "./gateway-streams.ts";
import { idleAgents } from "./idle.ts";
import { memoryBudget } from "./memory-budget.ts";
import { promptCost } from "./prompt-cost.ts";
import { rateLimited } from "./rate-limited.ts";
import { starts } from "./starts.ts";

/** What `npm run bench -- agents` measures, in this order. */
export const measures: readonly Measure[] = [
  gatewayLatency,
  gatewayStreams,
  starts,
  promptCost,
  rateLimited,
  memoryBudget,
  idleAgents,
];
