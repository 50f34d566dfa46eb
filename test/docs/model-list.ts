import { builtInModels } from "../../src/gateway/models.ts";

/** The built-in models with their aliases and prices, as a section of the reference. */
export function renderModels(): string {
  const { asOf, aliases, prices } = builtInModels;
  const rows = Object.entries(prices).map(([id, { above, ...price }]) => {
    const names = Object.entries(aliases).flatMap(([name, of]) => (of === id ? [name] : []));
    const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = price;
    const long = above
      ? `${above.price.input} / ${above.price.output} above ${above.promptTokens}`
      : "";
    const numbers = [input, output, cacheRead, cacheWrite5m, cacheWrite1h].map((one) =>
      String(Number(one.toFixed(4))),
    );
    return `| ${[`\`${id}\``, names.join(", "), ...numbers, long].join(" | ")} |`;
  });
  return `### Models

What is built in, in dollars per million tokens, as of ${asOf}. \`MODELS_FILE\` goes before it.

| model | alias | in | out | cache read | written, 5 min | written, 1 h | long prompts |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
