import type { AgentKey } from "../domain/agent.ts";

// Agents whose next life this process is about to give a session. Between a life's row and its
// session it looks dead to whoever compares both; a process that was killed in between forgets it,
// rightly: then it is dead.
const starting = new Set<string>();
// Lives that this process itself began: of those it knows that the start is over.
const begunHere = new Set<string>();

type Who = { readonly epicId: number; readonly agent: AgentKey };

export async function whileStarting<Result>(
  who: Who,
  work: () => Promise<Result>,
): Promise<Result> {
  const name = nameOf(who);
  starting.add(name);
  try {
    return await work();
  } finally {
    starting.delete(name);
  }
}

/** Who was being started at the moment of the call; later changes do not change the answer. */
export function startingNow(): (who: Who) => boolean {
  const then = new Set(starting);
  return (who) => then.has(nameOf(who));
}

/** Remembers the name of a life that this process gave a row. */
export function beganHere(lifeName: string): void {
  begunHere.add(lifeName);
}

export function hasBegunHere(lifeName: string): boolean {
  return begunHere.has(lifeName);
}

function nameOf({ epicId, agent }: Who): string {
  return `${epicId}/${agent}`;
}
