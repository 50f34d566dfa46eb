/** What an alias means, as of a date: another model behind it is another price and behaviour. */
const modelAliases = {
  asOf: "2026-11-22",
  ids: { opus: "claude-opus-5-5", sonnet: "claude-sonnet-5-5", haiku: "claude-haiku-5-5" },
} as const;

/** A model's full id, from an alias or an id. */
export function modelIdOf(model: string): string {
  const aliases: Readonly<Record<string, string>> = modelAliases.ids;
  return Object.hasOwn(aliases, model) ? (aliases[model] ?? model) : model;
}
