import { effectsOnce } from "./invariants/effects-once.ts";
import { gatherFacts } from "./invariants/facts.ts";
import { harmlessWords } from "./invariants/harmless-words.ts";
import type { Judge, Violation } from "./invariants/judge.ts";
import { keptLimits } from "./invariants/kept-limits.ts";
import { landedCommits } from "./invariants/landed-commits.ts";
import { landingOrder } from "./invariants/landing-order.ts";
import { legalMoves } from "./invariants/legal-moves.ts";
import { nothingLost } from "./invariants/nothing-lost.ts";
import { ownWork } from "./invariants/own-work.ts";
import { permittedVoices } from "./invariants/permitted-voices.ts";
import { sealedCells } from "./invariants/sealed-cells.ts";
import { serialLandings } from "./invariants/serial-landings.ts";
import { soundConversations } from "./invariants/sound-conversations.ts";
import { toldOnce } from "./invariants/told-once.ts";
import { readWorld, type World } from "./invariants/world.ts";

/** One judge for each invariant of the architecture ("Always true"). */
export const invariants: readonly Judge[] = [
  nothingLost,
  effectsOnce,
  landedCommits,
  serialLandings,
  landingOrder,
  sealedCells,
  ownWork,
  harmlessWords,
  permittedVoices,
  toldOnce,
  keptLimits,
  soundConversations,
  legalMoves,
];

export type Verdict = {
  readonly violations: readonly Violation[];
  /** How many single things were looked at: none would be no verdict. */
  readonly checked: number;
};

/**
 * Judges a world from its own stores: PostgreSQL, the bare repositories, the local GitHub over
 * HTTP, tmux, the process table and the disk.
 *
 * @throws {Error} when one of them cannot be read: nothing is then known
 */
export async function judgeWorld(world: World): Promise<Verdict> {
  const facts = await gatherFacts(readWorld(world));
  const violations: Violation[] = [];
  let checked = 0;
  for (const { invariant, judge } of invariants)
    await judge(facts, (holds, what, detail) => {
      checked += 1;
      if (!holds) violations.push({ invariant, what, detail });
    });
  return { violations, checked };
}

/** What must never be true in this world, and is; empty when all is well. */
export async function checkInvariants(world: World): Promise<readonly Violation[]> {
  return (await judgeWorld(world)).violations;
}
