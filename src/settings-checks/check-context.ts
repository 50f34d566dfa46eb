import type { Config } from "../config.ts";
import { defaultMaxTokens } from "../http/agent-ports.ts";
import { error, type Fault } from "./fault.ts";

/** Whether a compaction leaves a conversation shorter than what calls for one. */
export function checkContext(config: Config): readonly Fault[] {
  const { COMPACT_AT_PERCENT: at, COMPACT_KEEP_PERCENT: keep } = config;
  if (keep >= at) {
    const says = `${keep} must be less than COMPACT_AT_PERCENT, ${at}: a compaction would leave out nothing`;
    return [error("COMPACT_KEEP_PERCENT", says)];
  }
  const windows = [
    { variable: "CONTEXT_TOKENS", name: "", tokens: config.CONTEXT_TOKENS } as const,
    ...Object.entries(config.MODEL_CONTEXT_TOKENS).map(
      ([name, tokens]) => ({ variable: "MODEL_CONTEXT_TOKENS", name: `${name}=`, tokens }) as const,
    ),
  ];
  return windows.flatMap(({ variable, name, tokens }) => {
    // An answer has to fit behind the question.
    const from = Math.min((tokens * at) / 100, tokens - defaultMaxTokens);
    const left = (tokens * keep) / 100 + config.SUMMARY_TOKENS;
    if (left < from) return [];
    const says = `${name}${tokens} leaves no room: a conversation is compacted at ${Math.max(0, Math.floor(from))} tokens, and COMPACT_KEEP_PERCENT and SUMMARY_TOKENS leave ${Math.ceil(left)} of it`;
    return [error(variable, says)];
  });
}
