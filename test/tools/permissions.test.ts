import { describe, expect, test } from "vitest";
import { permissionModes } from "../../src/domain/profile.ts";
import { roles } from "../../src/domain/states.ts";
import { tools } from "../../src/tools/index.ts";
import { permissionOf } from "../../src/tools/permission.ts";
import { anAgent, anApproval } from "../support/epic-view.ts";
import { type Made, makeCall } from "./support/call-desk.ts";
import { type RightCall, rightCalls, usualView } from "./support/right-calls.ts";

function callOf(tool: string): Required<RightCall> {
  const call = rightCalls[tool] ?? expect.fail(`say in right-calls.ts how ${tool} is called`);
  const usual = call.view ?? usualView;
  const view = { ...usual, agents: [...usual.agents, anAgent("orchestrator/1")] };
  // An approval that is there to be run, for the one tool that runs it.
  const by = { state: "APPROVED", by: "ana" } as const;
  const own = { tool: "task_give_up", input: { reason: "x" }, agent: "worker/1" } as const;
  const approvals = [anApproval("b7k2", by), anApproval("b7k2", { ...by, ...own })];
  return { ...call, view: tool === "run_approved" ? { ...view, approvals } : view };
}

/** What became of a call, as whoever made it sees it. */
function seen({ reply, decision }: Made): string {
  const { content } = reply;
  const said = typeof content === "object" && content !== null ? content : {};
  if ("pending" in said && said.pending === "z9z9" && decision.approvals) return "waits";
  if (!("error" in said)) return "runs";
  return (
    { "not-permitted": "refused", "tool-denied": "denied" }[String(said.error)] ??
    String(said.error)
  );
}

const cells = tools.flatMap((tool) =>
  roles.flatMap((role) => permissionModes.map((mode) => ({ name: tool.name, tool, role, mode }))),
);

describe("role by tool by mode, cell by cell", () => {
  test.each(cells)("$name of a $mode $role does what the reference says (A5, A7)", async (cell) => {
    const { tool, role, mode } = cell;
    const { input, view } = callOf(tool.name);
    const says = permissionOf(tool, { role, mode, deniedTools: [] });

    const made = await makeCall(view, { tool: tool.name, input }, { role, mode });

    expect(seen(made)).toBe(says);
  });

  test.each(cells)(
    "$name is denied to a $mode $role where the operator says so (A7)",
    async (cell) => {
      const { tool, role, mode } = cell;
      const deniedTools = [tool.name];
      const { input, view } = callOf(tool.name);

      const made = await makeCall(view, { tool: tool.name, input }, { role, mode, deniedTools });

      expect(seen(made)).toBe(tool.needs.includes(role) ? "denied" : "refused");
      expect(seen(made)).toBe(permissionOf(tool, { role, mode, deniedTools }));
    },
  );
});

test("every call is logged before it is decided and after, in every mode (A11)", async () => {
  for (const mode of permissionModes) {
    const made = await makeCall(
      usualView,
      { tool: "epic_fail", input: { reason: "x" } },
      { role: "supervisor", mode },
    );

    expect(made.logged).toEqual(["tool epic_fail"]);
    expect(made.notes).toMatchObject([{ kind: "toolCall", tool: "epic_fail" }]);
  }
});

test("the sensitive tools are these, and none lies on the way from label to pull request (A7)", () => {
  expect(tools.filter(({ sensitive }) => sensitive).map(({ name }) => name)).toEqual([
    "task_give_up",
    "epic_cancel_task",
    "epic_fail",
  ]);
});

test.each([
  ["strict", true, "waits"],
  ["strict", false, "runs"],
  ["relaxed", true, "runs"],
  ["yolo", true, "runs"],
] as const)("in %s mode a tool whose sensitivity is %s %s (A7)", (mode, sensitive, permission) => {
  const tool = { name: "t", needs: ["worker"], sensitive } as const;

  expect(permissionOf(tool, { role: "worker", mode, deniedTools: [] })).toBe(permission);
  expect(permissionOf(tool, { role: "worker", mode, deniedTools: ["t"] })).toBe("denied");
  expect(permissionOf(tool, { role: "supervisor", mode, deniedTools: ["t"] })).toBe("refused");
});
