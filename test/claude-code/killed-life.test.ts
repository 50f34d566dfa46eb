import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { startProduct } from "../harness/real-product.ts";
import type { Web } from "../http/support/web.ts";
import { start, worker } from "../local/model/start.ts";
import { inClaudeCode, outcomes } from "./real-claude.ts";

const shell = (command: string) => ({ tool: "shell", input: { command } });

/** A tool that says where it is, and goes on for longer than the test. */
const endless = "echo ran >> journal; echo $$ > pid; exec sleep 600";
const decide = {
  tool: "log_decision",
  input: { decision: "I go this way", reason: "it is shorter" },
};

test("Claude Code killed in the middle of a tool: the next life runs no tool twice and asks for no answer again (A2, A8)", async () => {
  const done = { text: "Done.", when: { tool: "shell" }, times: "many" };
  const model = await start({ script: worker([{ calls: [decide, shell(endless)] }, done]) });
  const { web, worker: life, worktree, run } = await startProduct(model, { idleMs: 500 });
  const journal = () => readFileSync(join(worktree, "journal"), "utf8");

  const killed = await run(life, inClaudeCode());
  await awaitFact("the tool runs", () => existsSync(join(worktree, "pid")), Boolean);
  await killAll(killed.child.pid, worktree);
  await killed.ended;
  const next = await run(await web.beginLife("worker/1"), inClaudeCode());

  expect(await next.ended, next.screen()).toBe(0);
  expect(journal()).toBe("ran\n");
  const turns = await web.store.conversations.turns(web.epicId, "worker/1");
  expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  expect(turns[2]).toMatchObject({
    content: [
      { tool_use_id: expect.any(String) },
      { is_error: true, content: expect.stringContaining("was interrupted") },
    ],
  });
  expect(outcomes(model), next.screen()).toEqual(["answered", "answered"]);
});

test("Claude Code killed while its model answers: that one turn is asked for again, and no other (A2, A8)", async () => {
  const done = { text: "Done.", when: { tool: "shell" }, times: "many" };
  const hang = { kind: "hang", hangMs: 600_000, after: 1 };
  const script = worker([{ calls: [shell("echo 1 >> journal")] }, done], { faults: [hang] });
  const model = await start({ script });
  const { web, worker: life, worktree, run } = await startProduct(model, { idleMs: 500 });

  const killed = await run(life, inClaudeCode());
  const faults = async () => await (await model.control("GET", "/faults")).text();
  await awaitFact("the second question is asked", faults, (left) => left === '{"faults":[]}');
  await killAll(killed.child.pid, worktree);
  await killed.ended;
  const next = await run(await web.beginLife("worker/1"), inClaudeCode());

  expect(await next.ended, next.screen()).toBe(0);
  expect(readFileSync(join(worktree, "journal"), "utf8")).toBe("1\n");
  await awaitFact("every call is over", model.calls, (calls) => calls.length === 3);
  expect([...outcomes(model)].sort()).toEqual(["aborted", "answered", "answered"]);
});

test("a conversation begun by the built-in runner goes on in Claude Code, and back (A2, A8)", async () => {
  const turn = (text: string, matches: string) => ({ text, when: { matches } });
  const model = await start({
    script: worker([
      { calls: [shell("echo begun")] },
      { text: "Begun.", when: { tool: "shell" } },
      turn("Gone on.", "one"),
      turn("Back.", "two"),
    ]),
  });
  const { web, worker: life, run } = await startProduct(model, { idleMs: 500 });

  const first = await run(life);
  expect(await first.ended, first.screen()).toBe(0);
  await tell(web, "one");
  const second = await run(await web.beginLife("worker/1"), inClaudeCode());
  expect(await second.ended, second.screen()).toBe(0);
  await tell(web, "two");
  const third = await run(await web.beginLife("worker/1"));
  expect(await third.ended, third.screen()).toBe(0);

  const turns = await web.store.conversations.turns(web.epicId, "worker/1");
  const said = turns.filter(({ role }) => role === "assistant").map(({ content }) => content);
  expect(said.slice(1)).toMatchObject([
    [{ text: "Begun." }],
    [{ text: "Gone on." }],
    [{ text: "Back." }],
  ]);
});

async function tell(web: Web, body: string): Promise<void> {
  await web.decide(() => ({
    mail: [{ to: "worker/1", from: { kind: "product" }, subject: "News", body }],
  }));
}

/** As the end of a cell does: everything in it, at once. */
async function killAll(pid: number | undefined, worktree: string): Promise<void> {
  const tool = join(worktree, "pid");
  const pids = [pid, ...childrenOf(pid ?? 0)];
  const ofTool = () => Number(readFileSync(tool, "utf8"));
  if (existsSync(tool)) pids.push(await awaitFact("the tool's pid", ofTool, (one) => one > 0));
  for (const one of pids) if (one !== undefined) process.kill(one, "SIGKILL");
}

function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).map(Number);
}
