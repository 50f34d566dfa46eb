// What was asked of the stand-in and what it answered, for assertions. With a data folder it outlives
// the process, one JSON object a line.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RoleName } from "./script-schema.ts";

/** One call of POST /v1/messages, written down when it is over. */
export type CallRecord = {
  /** When the call came, ISO 8601. */
  readonly at: string;
  readonly requestId: string;
  readonly role: RoleName | null;
  readonly actor: string | null;
  readonly turn: string | null;
  readonly model: string | null;
  readonly stream: boolean;
  readonly status: number;
  /** `faulted`: a fault decided the answer; `aborted`: the client went away before the end. */
  readonly outcome: "answered" | "refused" | "faulted" | "aborted";
  readonly fault: string | null;
  /** Tokens as the reply counted them; zeros where there was no reply. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrittenTokens: number;
  readonly seconds: number;
  /** Why the script could not go on, else `null`. */
  readonly failure: string | null;
};

type RoleTotals = Pick<
  CallRecord,
  "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWrittenTokens" | "seconds"
> & { readonly calls: number };

export type Journal = {
  write(call: CallRecord): void;
  calls(): readonly CallRecord[];
  failures(): readonly CallRecord[];
  /** Sums by role; calls that no role could be found for are under `unknown`. */
  totals(): Readonly<Record<string, RoleTotals>>;
};

const maxCalls = 100_000;

/**
 * Opens the journal.
 *
 * @param dataDir where `calls.jsonl` is kept and read again; `null` keeps it in memory only
 */
export function openJournal(dataDir: string | null): Journal {
  const file = dataDir === null ? null : join(dataDir, "calls.jsonl");
  if (dataDir !== null) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  let calls = file !== null && existsSync(file) ? readCalls(file) : [];
  return {
    write(call) {
      if (calls.length >= maxCalls) calls = calls.slice(maxCalls / 10);
      calls.push(call);
      if (file !== null) appendFileSync(file, `${JSON.stringify(call)}\n`);
    },
    calls: () => calls,
    failures: () => calls.filter(({ failure }) => failure !== null),
    totals: () => sumByRole(calls),
  };
}

/** A line cut short by a kill is left out. */
function readCalls(file: string): CallRecord[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        // Only `write` above writes this file.
        return line === "" ? [] : [JSON.parse(line) as CallRecord];
      } catch {
        return [];
      }
    });
}

function sumByRole(calls: readonly CallRecord[]): Record<string, RoleTotals> {
  const totals: Record<string, RoleTotals> = {};
  for (const call of calls) {
    const before = totals[call.role ?? "unknown"];
    totals[call.role ?? "unknown"] = {
      calls: (before?.calls ?? 0) + 1,
      inputTokens: (before?.inputTokens ?? 0) + call.inputTokens,
      outputTokens: (before?.outputTokens ?? 0) + call.outputTokens,
      cacheReadTokens: (before?.cacheReadTokens ?? 0) + call.cacheReadTokens,
      cacheWrittenTokens: (before?.cacheWrittenTokens ?? 0) + call.cacheWrittenTokens,
      seconds: (before?.seconds ?? 0) + call.seconds,
    };
  }
  return totals;
}
