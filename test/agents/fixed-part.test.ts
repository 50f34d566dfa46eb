import { expect, test } from "vitest";
import { agentRoles } from "../../src/agents/index.ts";
import { systemPrompt } from "../../src/agents/prompts.ts";
import { LOCAL_TOOLS } from "../../src/harness/local-tools.ts";
import { tools } from "../../src/tools/index.ts";
import { listFor } from "../../src/tools/server.ts";

// What every request of a role carries before anything was said: its prompt and its tools, as the
// built-in runner sends them.

/** The first request of Claude Code 2.1.330 as it starts by itself; `npm run bench -- agents` has it. */
const claudeCodeBytes = 49_016;
/** What a request puts around them: the marks of the cache, keys and brackets. */
const frameBytes = 100;
/** English and JSON together; the bench counts what the provider counts. */
const bytesPerToken = 3.5;
const budgets = {
  orchestrator: { prompt: 650, tools: 450 },
  supervisor: { prompt: 1_000, tools: 2_650 },
  worker: { prompt: 650, tools: 1_600 },
};

const roles = Object.values(agentRoles);

function toolsOf(role: (typeof roles)[number]["name"]): string {
  const product = listFor(role, tools).tools.map(({ name, description, inputSchema }) => {
    return { name, description, input_schema: inputSchema };
  });
  const local = LOCAL_TOOLS.map(({ name, summary, inputSchema }) => {
    return { name, description: summary, input_schema: inputSchema };
  });
  return JSON.stringify([...product, ...(role === "worker" ? local : [])]);
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

test.each(roles)(
  "prompt and tools of the $name keep to their budgets of tokens (A9)",
  ({ name }) => {
    expect(tokensOf(systemPrompt(name))).toBeLessThanOrEqual(budgets[name].prompt);
    expect(tokensOf(toolsOf(name))).toBeLessThanOrEqual(budgets[name].tools);
  },
);

test.each(roles)(
  "what every request of the $name carries is at most a quarter of what Claude Code's does (A9)",
  ({ name }) => {
    const bytes = Buffer.byteLength(systemPrompt(name)) + Buffer.byteLength(toolsOf(name));

    expect(bytes + frameBytes).toBeLessThanOrEqual(claudeCodeBytes / 4);
  },
);

test.each(roles)("prompt and tools of the $name are the same bytes for every life (A9)", (role) => {
  const one = systemPrompt(role.name) + toolsOf(role.name);

  expect(systemPrompt(role.name) + toolsOf(role.name)).toBe(one);
  expect(one).not.toMatch(/\{\{|\d{4}-\d{2}-\d{2}|worker-\d|supervisor-\d/);
});
