import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import type { LifeIdentity } from "../../src/domain/agent.ts";
import { lifeStarted } from "../../src/domain/decide-agent.ts";
import { type PermissionMode, permissionModes } from "../../src/domain/profile.ts";
import type { Tool } from "../../src/tools/define-tool.ts";
import { tools } from "../../src/tools/index.ts";
import { defaultToolLimits, runTool } from "../../src/tools/run-tool.ts";
import { profileOf } from "../support/epic-view.ts";
import { openTestEpic, openTestStore, rules } from "../support/store.ts";

// What the decision log holds of a call, read from its table.

const secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

async function atWork() {
  const { store, databaseUrl } = await openTestStore();
  const { pool } = openDatabase(databaseUrl);
  onTestFinished(async () => {
    await pool.end();
    await store.close();
  });
  const epicId = await openTestEpic(store);
  const role = "supervisor" as const;
  const place = { epicId, agent: role, role, host: "here", namePrefix: "s" };
  const { life } = await store.lives.begin({ ...place, tokenHash: "hash" });
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
    decision: lifeStarted(view, role, life),
    result: null,
  }));
  const identity: LifeIdentity = { epicId, agent: role, role, task: null, life };
  return {
    call: (tool: string, input: object, mode: PermissionMode, known: readonly Tool[] = tools) =>
      runTool(
        { life: identity, tool, input, callId: `${tool}-${mode}` },
        {
          ...{ tools: known, deniedTools: [], onRefused: () => {}, limits: defaultToolLimits },
          profiles: {
            ...rules,
            profiles: { ...rules.profiles, supervisor: { ...profileOf("m"), permissions: mode } },
          },
          ...{ epics: store.epics, conversations: store.conversations },
          ...{ newApprovalId: () => "b7k2", redact: String },
        },
      ),
    rows: async () =>
      (
        await pool.query<{ what: string; detail: Record<string, unknown> }>(
          "select what, detail from decisions where what like 'tool %' order by id",
        )
      ).rows,
  };
}

test.each(permissionModes)(
  "in %s mode a call is in the log before and after, its input and result without secrets (A11)",
  async (mode) => {
    const { call, rows } = await atWork();
    const drop = { task: 7, reason: `Its key is ${secret}` };

    await call("epic_cancel_task", drop, mode);
    await call("epic_fail", { reason: `The key ${secret} is public` }, mode);

    const logged = await rows();
    expect(logged.map(({ what, detail }) => [what, detail["isError"]])).toEqual([
      ["tool epic_cancel_task", undefined],
      ["tool epic_cancel_task replied", true],
      ["tool epic_fail", undefined],
      ["tool epic_fail replied", false],
    ]);
    expect(logged[0]?.detail).toMatchObject({
      input: { task: 7, reason: "Its key is [redacted]" },
    });
    expect(logged[1]?.detail).toMatchObject({ reply: { error: "no-such-task" } });
    expect(JSON.stringify(logged)).not.toContain(secret);
  },
);

test("a call that breaks the product leaves what was asked and what went wrong (A11)", async () => {
  const { call, rows } = await atWork();
  const broken = tools.map((tool): Tool => {
    const breaks = () => {
      throw new Error(`the tool broke on ${secret}`);
    };
    return tool.name === "agent_status" ? { ...tool, prepare: () => breaks } : tool;
  });

  await expect(call("agent_status", {}, "yolo", broken)).rejects.toThrow("broke");

  expect((await rows()).map(({ what, detail }) => [what, detail["error"]])).toEqual([
    ["tool agent_status", undefined],
    ["tool agent_status failed", "the tool broke on [redacted]"],
  ]);
});
