import { type Clock, systemClock } from "./clock.ts";

export type AwaitFactOptions = {
  /** Default 10_000. */
  readonly limitMs?: number;
  /** Time between two looks. Default 25. */
  readonly everyMs?: number;
  readonly clock?: Clock;
};

/**
 * Looks at a fact again and again until it is there.
 *
 * @param fact what is awaited, as it reads in the error: "the pull request is merged"
 * @param look returns the state seen; a throw counts as "not yet" and is shown at the limit
 * @param holds whether that state is the fact
 * @returns the state in which the fact held
 * @throws {Error} at the limit, with the fact and the last state seen
 */
export async function awaitFact<State>(
  fact: string,
  look: () => State | Promise<State>,
  holds: (state: State) => boolean,
  { limitMs = 10_000, everyMs = 25, clock = systemClock }: AwaitFactOptions = {},
): Promise<State> {
  const deadline = clock.nowMs() + limitMs;
  for (;;) {
    const seen = await lookOnce(look);
    if (seen.kind === "state" && holds(seen.state)) return seen.state;
    if (clock.nowMs() >= deadline) {
      throw new Error(`Not true within ${limitMs} ms: ${fact}. Last seen: ${describe(seen)}`, {
        cause: seen.kind === "error" ? seen.error : undefined,
      });
    }
    await clock.sleep(everyMs);
  }
}

type Seen<State> =
  | { readonly kind: "state"; readonly state: State }
  | { readonly kind: "error"; readonly error: unknown };

async function lookOnce<State>(look: () => State | Promise<State>): Promise<Seen<State>> {
  try {
    return { kind: "state", state: await look() };
  } catch (error) {
    return { kind: "error", error };
  }
}

function describe(seen: Seen<unknown>): string {
  if (seen.kind === "error") return `an error: ${String(seen.error)}`;
  return typeof seen.state === "string" ? seen.state : (JSON.stringify(seen.state) ?? "undefined");
}
