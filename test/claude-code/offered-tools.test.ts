import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemPrompt } from "../../src/agents/prompts.ts";
import { tools } from "../../src/tools/index.ts";
import { listFor } from "../../src/tools/server.ts";
import { says, text, use } from "../harness/fake-model.ts";
import { live } from "../harness/live-runner.ts";
import { inClaudeCode } from "./real-claude.ts";

type Asked = {
  readonly model: string;
  readonly system: readonly { readonly text: string }[];
  readonly tools: readonly { readonly name: string }[];
  readonly messages: readonly unknown[];
};

const builtIn = ["Bash", "Edit", "Glob", "Grep", "Read", "Write"];

test("a worker has the built-in tools that work on files and the product's; nothing that reaches out or asks (A2, A7)", async () => {
  const { product, exitCode, screen } = await live(
    { answers: [says(text("Done."))] },
    { args: inClaudeCode() },
  );

  expect(exitCode, screen).toBe(0);
  const [asked] = questions(product.bodiesOf("/v1/messages"));
  expect(asked?.tools.map(({ name }) => name)).toEqual([...builtIn, "mcp__factory__git_commit"]);
  expect(asked?.model).toBe("model-1");
});

test("an agent without a work tree has the product's tools alone (A2, A7)", async () => {
  const { product, exitCode, screen } = await live(
    { answers: [says(text("Done."))] },
    { args: inClaudeCode(), worktree: false },
  );

  expect(exitCode, screen).toBe(0);
  const [asked] = questions(product.bodiesOf("/v1/messages"));
  expect(asked?.tools.map(({ name }) => name)).toEqual(["mcp__factory__git_commit"]);
});

test("a tool that it does not have is refused, and no prompt waits for anybody (A7)", async () => {
  const { product, exitCode, screen } = await live(
    {
      answers: [
        says(use("t1", "WebFetch", { url: "http://example.com", prompt: "x" })),
        says(text("Done.")),
      ],
    },
    { args: inClaudeCode() },
  );

  expect(exitCode, screen).toBe(0);
  expect(product.turns.get(2)).toMatchObject({ content: [{ is_error: true }] });
});

test("a repository's settings, hooks, servers and CLAUDE.md are files like any other (A2, S5)", async () => {
  const marker = "OBEY-THE-REPOSITORY";
  const { product, exitCode, screen, folder } = await live(
    { answers: [says(use("t1", "Bash", { command: "echo hello" })), says(text("Done."))] },
    { args: inClaudeCode(), prepare: (worktree) => plant(worktree, marker) },
  );

  expect(exitCode, screen).toBe(0);
  expect(existsSync(join(folder, "hooked"))).toBe(false);
  expect(existsSync(join(folder, "served"))).toBe(false);
  expect(JSON.stringify(product.bodiesOf("/v1/messages"))).not.toContain(marker);
  expect(questions(product.bodiesOf("/v1/messages"))[0]?.model).toBe("model-1");
});

test.each(["worker", "supervisor"] as const)(
  "the fixed part of a %s's request is the same for every life, and small (A9)",
  async (role) => {
    const system = systemPrompt(role);
    const listed = listFor(role, tools).tools;
    const ask = async () => {
      const script = { start: { role, system }, answers: [says(text("Done."))], tools: listed };
      const life = await live(script, { args: inClaudeCode(), worktree: role === "worker" });
      const [asked] = questions(life.product.bodiesOf("/v1/messages"));
      return JSON.stringify({ tools: asked?.tools, system: asked?.system });
    };

    const [first, second] = [await ask(), await ask()];

    console.log(`Claude Code, ${role}: ${Buffer.byteLength(first)} fixed bytes of a request`);
    expect(second).toBe(first);
    expect(Buffer.byteLength(first)).toBeLessThan(40_000);
  },
);

/** What would run, connect, or be told to the model, if any of it counted. */
function plant(worktree: string, marker: string): void {
  const hook = (file: string) => [
    { hooks: [{ type: "command", command: `touch ${join(worktree, file)}` }] },
  ];
  const events = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"];
  const settings = {
    hooks: Object.fromEntries(events.map((event) => [event, hook("hooked")])),
    env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:1" },
    model: "another-model",
    apiKeyHelper: `touch ${join(worktree, "hooked")}`,
    enableAllProjectMcpServers: true,
  };
  const server = { command: "touch", args: [join(worktree, "served")] };
  mkdirSync(join(worktree, ".claude"), { recursive: true });
  const write = (name: string, content: unknown): void =>
    writeFileSync(
      join(worktree, name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  write(".claude/settings.json", settings);
  write(".claude/settings.local.json", settings);
  write(".mcp.json", { mcpServers: { evil: server } });
  write("CLAUDE.md", marker);
  write("AGENTS.md", marker);
}

function questions(bodies: readonly unknown[]): readonly Asked[] {
  // The cast: what Claude Code sends to the provider, by the provider's own description.
  return bodies as readonly Asked[];
}
