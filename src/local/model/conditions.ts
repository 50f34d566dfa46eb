// Whether what was said to the model meets a turn's conditions, and what they caught. Pure.
import type { Input, ToolResult } from "./conversation.ts";
import { isTool } from "./foreign-tools.ts";
import { type Json, lookUp, sameJson } from "./json-lookup.ts";
import { capturesOf } from "./pattern.ts";
import type { Conditions, JsonTest } from "./script-schema.ts";
import { fill, type Scope } from "./template.ts";

type Vars = Readonly<Record<string, Json>>;

/**
 * Every condition that does not hold, as a sentence; empty when all hold.
 *
 * @param vars what the conversation saved so far
 */
export function unmetConditions(
  conditions: Conditions,
  input: Input,
  vars: Vars,
): readonly string[] {
  const { contains = [], absent = [], matches = [], json, tool, error, woken } = conditions;
  const result = resultFor(conditions, input);
  const scope = scopeOf(conditions, input, vars);
  return [
    ...contains.filter((text) => !input.text.includes(text)).map((text) => `no "${text}" in it`),
    ...absent.filter((text) => input.text.includes(text)).map((text) => `it has "${text}"`),
    ...matches.filter((regex) => !regex.test(input.text)).map((regex) => `${regex} does not match`),
    ...unless(!tool || result !== undefined, `it has no result of ${tool?.join(" or ")}`),
    ...unless(error === undefined || result?.isError === error, errorMismatch(error, result)),
    ...unless(
      woken === undefined || (input.toolResults.length === 0) === woken,
      woken ? "it has tool results" : "it has no tool results",
    ),
    ...(json ? unmetJson(json, scope) : []),
    ...unmetTests("vars", vars, conditions.vars ?? {}, scope),
  ];
}

/** What templates of a turn with these conditions may refer to. */
export function scopeOf(conditions: Conditions | undefined, input: Input, vars: Vars): Scope {
  const caught = (conditions?.matches ?? []).map((regex) => capturesOf(regex, input.text));
  const result = resultFor(conditions ?? {}, input);
  return {
    captures: Object.assign({}, ...caught),
    json: result?.json(),
    vars,
  };
}

function resultFor({ tool }: Conditions, { toolResults }: Input): ToolResult | undefined {
  if (!tool) return toolResults.at(-1);
  return toolResults.findLast((result) => tool.some((name) => isTool(result.tool, name)));
}

function errorMismatch(wanted: boolean | undefined, result: ToolResult | undefined): string {
  if (!result) return "it has no tool result";
  return wanted
    ? `${result.tool} did not fail`
    : `${result.tool} failed: ${shortened(result.text)}`;
}

function unmetJson(tests: Readonly<Record<string, JsonTest>>, scope: Scope): readonly string[] {
  if (scope.json === undefined) return ["it has no tool result with JSON"];
  return unmetTests("json", scope.json, tests, scope);
}

function unmetTests(
  name: string,
  root: Json,
  tests: Readonly<Record<string, JsonTest>>,
  scope: Scope,
): readonly string[] {
  return Object.entries(tests).flatMap(([path, test]) => {
    const value = lookUp(root, path);
    const shown = value === undefined ? "nothing" : shortened(JSON.stringify(value));
    return unless(passes(value, test, scope), `${name}.${path} is ${shown}, not ${describe(test)}`);
  });
}

function passes(value: Json | undefined, test: JsonTest, scope: Scope): boolean {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  const exists = value !== undefined;
  return (
    (test.exists === undefined || test.exists === exists) &&
    (test.equals === undefined || isFilled(value, test.equals, scope)) &&
    (test.not === undefined || !isFilled(value, test.not, scope)) &&
    (test.contains === undefined || (exists && text.includes(test.contains))) &&
    (test.matches === undefined || (exists && test.matches.test(text))) &&
    (test.atLeast === undefined || (typeof value === "number" && value >= test.atLeast)) &&
    (test.atMost === undefined || (typeof value === "number" && value <= test.atMost))
  );
}

function isFilled(value: Json | undefined, wanted: Json, scope: Scope): boolean {
  const filled = fill(wanted, scope);
  return filled.ok && sameJson(value, filled.value);
}

function describe(test: JsonTest): string {
  return Object.entries(test)
    .map(
      ([word, wanted]) => `${word} ${wanted instanceof RegExp ? wanted : JSON.stringify(wanted)}`,
    )
    .join(", ");
}

function unless(holds: boolean, otherwise: string): readonly string[] {
  return holds ? [] : [otherwise];
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
