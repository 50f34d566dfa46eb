import { expect, test } from "vitest";
import { performHostEffect } from "../../src/host/perform-host.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { onHost } from "./host-world.ts";

const harness = "claude-code" as const;
const start = { kind: "startLife", agent: "worker/1" } as const;
const says = (words: string) => ["/bin/sh", "-c", `echo ${words}; exec sleep 600`];

test("a life runs in the harness of its agent: the product's own, or Claude Code (A2, A6)", () =>
  onHost("unused", async ({ ports, view }) => {
    const settings = {
      ...ports.settings,
      runnerArgv: says("the-runner"),
      claudeCodeArgv: says("claude-code"),
    };
    const { epics } = ports.store;
    const inClaudeCode = async (epicId: number) => {
      const seen = await epics.view(epicId);
      return { ...seen, agents: seen.agents.map((one) => ({ ...one, harness })) };
    };
    const store = { ...ports.store, epics: { ...epics, view: inClaudeCode } };
    const { epic } = await view();

    await performHostEffect(start, await inClaudeCode(epic.id), { ...ports, store, settings });
    const [life] = await ports.terminal.list();
    const screen = () => ports.terminal.screen(life?.name ?? "", 5);
    const seen = await awaitFact("it says what it is", screen, (text) => text.trim() !== "");

    expect(seen).toContain("claude-code");
  }));
