import type { Config } from "../config.ts";
import { error, type Fault, warning } from "./fault.ts";

type Numeric = {
  [Name in keyof Config]-?: NonNullable<Config[Name]> extends number ? Name : never;
}[keyof Config];

/** One may not be above the other, and what it means when it is. */
type Order = {
  readonly less: Numeric;
  readonly more: Numeric;
  readonly state: Fault["state"];
  readonly why: string;
};

const orders: readonly Order[] = [
  {
    ...{ less: "EPIC_BUDGET_USD", more: "MAX_BUDGET_USD", state: "error" },
    why: "people could set no budget as high as the one epics begin with",
  },
  {
    ...{ less: "TASK_BUDGET_USD", more: "MAX_BUDGET_USD", state: "error" },
    why: "people could set no budget as high as the one tasks begin with",
  },
  {
    ...{ less: "TASK_BUDGET_USD", more: "EPIC_BUDGET_USD", state: "warning" },
    why: "the epic's budget ends first",
  },
  {
    ...{ less: "ATTEMPT_BUDGET_USD", more: "TASK_BUDGET_USD", state: "warning" },
    why: "the task's budget ends first",
  },
  {
    ...{ less: "EPIC_BUDGET_USD", more: "DAY_BUDGET_USD", state: "warning" },
    why: "the day's budget ends first",
  },
  {
    ...{ less: "MODEL_FIRST_BYTE_MS", more: "MODEL_ANSWER_LIMIT_MS", state: "warning" },
    why: "the whole answer's limit ends first",
  },
  {
    ...{ less: "MODEL_PAUSE_MS", more: "MODEL_LONGEST_PAUSE_MS", state: "warning" },
    why: "every pause is the longest one",
  },
  {
    ...{ less: "RESTART_WAIT_MS", more: "RESTART_WAIT_LONGEST_MS", state: "warning" },
    why: "every wait is the longest one",
  },
  {
    ...{ less: "WEATHER_WAIT_MS", more: "WEATHER_WAIT_LONGEST_MS", state: "warning" },
    why: "every wait is the longest one",
  },
  {
    ...{ less: "MODEL_CALLS_PER_MINUTE", more: "MODEL_CALLS_PER_HOUR", state: "warning" },
    why: "the hour's limit is reached first",
  },
  {
    ...{ less: "MODEL_TOKENS_PER_MINUTE", more: "MODEL_TOKENS_PER_HOUR", state: "warning" },
    why: "the hour's limit is reached first",
  },
  {
    ...{ less: "SETUP_MAX_BYTES", more: "DEPENDENCY_BYTES", state: "error" },
    why: "a host could not keep the one set it may make",
  },
  {
    ...{ less: "MAX_FAST_CRASHES", more: "MAX_CRASHES", state: "warning" },
    why: "an agent has failed before so many",
  },
];

/** Limits that leave each other no room. */
export function checkOrders(config: Config): readonly Fault[] {
  return orders.flatMap(({ less, more, state, why }) => {
    const [low, high] = [config[less], config[more]];
    if (low === undefined || high === undefined || low <= high) return [];
    const says = `${low} is more than ${more}, ${high}: ${why}`;
    return [state === "error" ? error(less, says) : warning(less, says)];
  });
}
