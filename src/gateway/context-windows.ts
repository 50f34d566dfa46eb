export type ContextWindows = {
  /** Tokens by model, under the names an operator gave: aliases or ids. */
  readonly byModel: Readonly<Record<string, number>>;
  /** Of every other model. */
  readonly otherwise: number;
};

/**
 * What a model's window holds, in tokens.
 *
 * @param modelId its full id
 * @param idOf the id behind an alias
 */
export function contextTokensOf(
  modelId: string,
  { byModel, otherwise }: ContextWindows,
  idOf: (model: string) => string,
): number {
  const named = Object.entries(byModel).find(([name]) => idOf(name) === modelId);
  return named?.[1] ?? otherwise;
}
