import { z } from "zod";
import { askModelControl } from "./model-control.ts";
import type { RunState } from "./run-state.ts";
import type { Folders } from "./services.ts";

// What a demo in bad weather went through, by the scripted model's own journal.

const journal = z.object({
  calls: z.array(
    z.looseObject({ status: z.number(), outcome: z.string(), fault: z.string().nullable() }),
  ),
});
const board = z.object({ faults: z.array(z.looseObject({ kind: z.string() })) });

/** Faults that break an answer which the provider has counted already. */
const losing: readonly string[] = ["cut", "stream-error", "invalid-json"];

export type ModelWeather = {
  readonly calls: number;
  readonly answered: number;
  /** Refused because the account's limit was reached. */
  readonly limited: number;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** Answers that were counted and never arrived whole. */
  readonly lostAnswers: number;
  /** Kinds of faults that were planned and found no call to strike. */
  readonly neverStruck: readonly string[];
};

export async function readModelWeather(state: RunState, folders: Folders): Promise<ModelWeather> {
  const { calls } = journal.parse(await askModelControl(state, folders, "/calls"));
  const { faults: waiting } = board.parse(await askModelControl(state, folders, "/faults"));
  const struck = calls.flatMap(({ fault, status }) => {
    if (fault === null) return [];
    return [fault === "status" ? String(status) : fault];
  });
  const faults: Record<string, number> = {};
  for (const name of struck) faults[name] = (faults[name] ?? 0) + 1;
  return {
    calls: calls.length,
    answered: calls.filter(({ outcome }) => outcome === "answered").length,
    limited: calls.filter(({ status, fault }) => status === 429 && fault === null).length,
    faults,
    lostAnswers: struck.filter((name) => losing.includes(name)).length,
    neverStruck: waiting.map(({ kind }) => kind),
  };
}

/**
 * Bad weather must have come, and must have cost nobody a life.
 *
 * @param crashes lives that ended without having been asked to
 * @returns what falls short, in a sentence; null when nothing does
 */
export function judgeWeather({ neverStruck }: ModelWeather, crashes: number): string | null {
  if (neverStruck.length > 0)
    return `The model was never struck by what was planned: ${neverStruck.join(", ")}.`;
  return crashes > 0 ? `${crashes} lives crashed in weather that should cost none.` : null;
}

/** The weather in a line for people. */
export function describeWeather({ calls, answered, limited, faults }: ModelWeather): string {
  const struck = Object.entries(faults).map(([name, count]) => `${count} × ${name}`);
  return `The model's weather: ${calls} calls, ${answered} answered in full, ${limited} beyond the limit; ${struck.join(", ")}`;
}
