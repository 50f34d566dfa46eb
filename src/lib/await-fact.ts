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
 * @param options `inWords` tells a state to people, for the error; without it, it is JSON
 * @returns the state in which the fact held
 * @throws {Error} at the limit, with the fact and the last state seen
 */
export async function awaitFact<State>(
  fact: string,
  look: () => State | Promise<State>,
  holds: (state: State) => boolean,
  options: AwaitFactOptions & {
    readonly inWords?: (state: State) => string | Promise<string>;
  } = {},
): Promise<State> {
  const { limitMs = 10_000, everyMs = 25, clock = systemClock, inWords = asText } = options;
  const deadline = clock.nowMs() + limitMs;
  for (;;) {
    const seen = await lookOnce(look);
    if (seen.kind === "state" && holds(seen.state)) return seen.state;
    if (clock.nowMs() >= deadline) {
      const last = seen.kind === "error" ? `an error: ${seen.error}` : await inWords(seen.state);
      throw new Error(`Not true within ${limitMs} ms: ${fact}. Last seen: ${last}`, {
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

function asText(state: unknown): string {
  return typeof state === "string" ? state : (JSON.stringify(state) ?? "undefined");
}
