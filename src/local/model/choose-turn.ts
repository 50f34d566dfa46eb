// Which turn of an actor answers a conversation. Pure: the conversation is replayed from its start
// and every choice made again, so the same prefix gives the same answer whoever was killed since.
import type { Cast } from "./choose-actor.ts";
import { scopeOf, unmetConditions } from "./conditions.ts";
import type { Input } from "./conversation.ts";
import type { Json } from "./json-lookup.ts";
import type { Turn, TurnBody } from "./script-schema.ts";
import { fill, type Scope } from "./template.ts";

export type Choice = {
  /** The position in the actor's `turns`; `null` for its `otherwise`. */
  readonly index: number | null;
  readonly turn: Turn | TurnBody;
  readonly scope: Scope;
  /** Why something the turn saves has no value; `null` when all have. */
  readonly missing: string | null;
};

/**
 * Chooses the answer to the last input.
 *
 * @param inputs one per turn of the model, never empty
 */
export function chooseTurn(cast: Cast, inputs: readonly Input[]): Choice {
  const uses = cast.turns.map(() => 0);
  let vars: Readonly<Record<string, Json>> = cast.vars;
  let choice: Choice = otherwise(cast, vars);
  for (const input of inputs) {
    choice = nextTurn({ cast, uses, vars, input });
    vars = choice.scope.vars;
    if (choice.index !== null) uses[choice.index] = (uses[choice.index] ?? 0) + 1;
  }
  return choice;
}

function nextTurn(state: {
  readonly cast: Cast;
  readonly uses: readonly number[];
  readonly vars: Readonly<Record<string, Json>>;
  readonly input: Input;
}): Choice {
  const { cast, uses, vars, input } = state;
  const index = cast.turns.findIndex(
    (turn, at) =>
      (turn.times === "many" || (uses[at] ?? 0) < turn.times) &&
      unmetConditions(turn.when ?? {}, input, vars).length === 0,
  );
  const turn = cast.turns[index];
  if (!turn) return otherwise(cast, vars);
  return { index, turn, ...saved(turn, scopeOf(turn.when, input, vars)) };
}

function otherwise(cast: Cast, vars: Readonly<Record<string, Json>>): Choice {
  const scope = { captures: {}, json: undefined, vars };
  return { index: null, turn: cast.otherwise, scope, missing: null };
}

/** Saves one by one, so that a later one may use an earlier one's value. */
function saved(turn: Turn, scope: Scope): Pick<Choice, "scope" | "missing"> {
  let vars = scope.vars;
  let missing: string | null = null;
  for (const [name, template] of Object.entries(turn.save ?? {})) {
    const value = fill(template, { ...scope, vars });
    if (value.ok) vars = { ...vars, [name]: value.value };
    else missing ??= `save.${name}: ${value.missing}`;
  }
  return { scope: { ...scope, vars }, missing };
}
