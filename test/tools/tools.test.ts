import { expect, test } from "vitest";
import { agentRoles } from "../../src/agents/index.ts";
import { tools } from "../../src/tools/index.ts";
import { listFor } from "../../src/tools/server.ts";

// About four characters are a token; the bound is for all tools of a role together.
const maxCharactersOfTools = 16_000;

test.each(["orchestrator", "supervisor", "worker"] as const)(
  "a %s is offered exactly its role's tools, in their order (A3, A5)",
  (role) => {
    const offered = listFor(role, tools).tools.map((tool) => tool.name);

    expect(offered).toEqual(agentRoles[role].tools);
  },
);

test("an orchestrator touches neither git nor tasks (A5)", () => {
  const offered = listFor("orchestrator", tools).tools.map((tool) => tool.name);

  expect(offered).not.toEqual([]);
  expect(offered.filter((name) => !name.startsWith("orchestrator_"))).toEqual([]);
});

test.each(["orchestrator", "supervisor", "worker"] as const)(
  "a %s's tools are short and the same bytes each time (A9)",
  (role) => {
    const listed = JSON.stringify(listFor(role, tools));

    expect(listed.length).toBeLessThan(maxCharactersOfTools);
    expect(JSON.stringify(listFor(role, tools))).toBe(listed);
  },
);

test("every text and list that a tool takes has a greatest length (S3)", () => {
  const unbounded = tools.flatMap((tool) => unboundedIn(tool.inputSchema, tool.name));

  expect(unbounded).toEqual([]);
});

function unboundedIn(schema: unknown, where: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const type = "type" in schema ? schema.type : null;
  const isUnbounded =
    (type === "string" &&
      !("maxLength" in schema) &&
      !("enum" in schema) &&
      !isShort("pattern" in schema ? schema.pattern : "")) ||
    (type === "array" && !("maxItems" in schema)) ||
    (type === "object" &&
      !("additionalProperties" in schema && schema.additionalProperties === false));
  const inside = Object.entries(schema).flatMap(([key, part]) =>
    unboundedIn(part, `${where}.${key}`),
  );
  return isUnbounded ? [where, ...inside] : inside;
}

/** A pattern from end to end without repetition without end. */
function isShort(pattern: unknown): boolean {
  return /^\^[^*+]*\$$/.test(String(pattern));
}

test("every tool has a role, and names are unique (A3)", () => {
  const names = tools.map((tool) => tool.name);

  expect(new Set(names).size).toBe(names.length);
  expect(tools.filter((tool) => tool.needs.length === 0)).toEqual([]);
});
