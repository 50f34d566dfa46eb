import { expect, test } from "vitest";
import type { LifeIdentity } from "../../src/domain/agent.ts";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { lifeStarted } from "../../src/domain/decide-agent.ts";
import { shortId } from "../../src/lib/ids.ts";
import type { ToolReply } from "../../src/ports/epics.ts";
import { tools } from "../../src/tools/index.ts";
import { defaultToolLimits, runTool } from "../../src/tools/run-tool.ts";
import { expireOverdue } from "../../workers/expire-overdue.ts";
import { rules } from "../support/store.ts";
import { type Hearing, issue, people, withWebhooks } from "./hear.ts";

// From a comment to the call that runs, through the database: what a person and an agent see.

type Story = {
  readonly epicId: number;
  /** A person's comment on the epic. */
  readonly say: (body: string, by?: object) => Promise<void>;
  /** The supervisor's call of a tool. */
  readonly call: (tool: string, input: object, approvalMs?: number) => Promise<ToolReply>;
};

async function begin({ hear, truth, store }: Hearing): Promise<Story> {
  truth.issues.set(12, issue(12).snapshot);
  const { payload } = issue(12);
  await hear("issues", { action: "labeled", label: { name: "epic" }, issue: payload });
  const [epicId = 0] = await store.epics.openIds();
  const role = "supervisor" as const;
  const { life } = await store.lives.begin({
    ...{ epicId, agent: role, role, host: "here", namePrefix: "1-supervisor-12" },
    tokenHash: "hash",
  });
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
    decision: lifeStarted(view, role, life),
    result: null,
  }));
  const identity: LifeIdentity = { epicId, agent: role, role, task: null, life };
  let comments = 500;
  return {
    epicId,
    say: (body, user = people.ana) =>
      hear("issue_comment", {
        action: "created",
        issue: { number: 12 },
        comment: { id: ++comments, body, user },
      }),
    call: (tool, input, approvalMs = 60_000) =>
      runTool(
        { life: identity, tool, input, callId: `toolu_${shortId()}` },
        {
          ...{ tools, deniedTools: [], profiles: rules },
          ...{ epics: store.epics, conversations: store.conversations, onRefused: () => {} },
          limits: { ...defaultToolLimits, approvalMs },
          ...{ newApprovalId: () => shortId(4), redact: String },
        },
      ),
  };
}

const task = { title: "Sell maps", description: "Maps.", acceptance: ["They sell."] };
const drop = { task: 1, reason: "Not needed" };

function pendingIn({ content }: ToolReply): string {
  const id = typeof content === "object" && content && "pending" in content ? content.pending : "";
  return String(id);
}

test("a strict supervisor's call waits, is approved by comment, and runs once as it was asked (A6, A7)", () =>
  withWebhooks(async (hearing) => {
    const { epicId, say, call } = await begin(hearing);
    const view = () => hearing.store.epics.view(epicId);
    await call("epic_create_task", task);
    await say("/ff permissions supervisor strict");

    const id = pendingIn(await call("epic_cancel_task", drop));
    const pending = await view();
    await say(`/ff approve ${id}`);
    const approved = await view();
    const ran = await call("run_approved", { id });
    const again = await call("run_approved", { id });

    expect(pending.tasks[0]?.state).toBe("PENDING");
    expect(pending.approvals).toMatchObject([{ id, state: "PENDING", input: drop }]);
    expect((await hearing.store.epics.status(epicId)).profiles).toMatchObject([
      { agent: "supervisor-12", parts: { permissions: { value: "strict", layer: "epic" } } },
    ]);
    expect(approved.tasks[0]?.state).toBe("PENDING");
    expect(approved.unreadMail.map(({ subject }) => subject)).toEqual([
      `Approved: epic_cancel_task (${id})`,
    ]);
    expect(ran).toEqual({ isError: false, content: { task: 1, state: "CANCELLED" } });
    expect(again).toMatchObject({ isError: true, content: { error: "approval-ran" } });
    expect((await view()).tasks).toMatchObject([{ state: "CANCELLED", reason: "Not needed" }]);
  }));

test("an approval without an id takes only a call that its comment came after (A7, H6)", () =>
  withWebhooks(async (hearing) => {
    const { epicId, say, call } = await begin(hearing);
    const { epics } = hearing.store;
    const before = async () => (await epics.view(epicId)).approvals.map(({ state }) => state);
    await call("epic_create_task", task);
    await say("/ff permissions supervisor strict");
    const id = pendingIn(await call("epic_cancel_task", drop));

    await say("/ff approve");
    const unseen = await before();
    await epics.change(epicId, { what: "test", actor: null }, (view) => ({
      decision: applyFacts(view, [{ kind: "approvalShown", id, commentId: 502 }]),
      result: null,
    }));
    await say("/ff approve");

    expect(unseen).toEqual(["PENDING"]);
    expect(await before()).toEqual(["APPROVED"]);
  }));

test("a denial by comment is mail with its reason, and who may not write decides nothing (A7, S1)", () =>
  withWebhooks(async (hearing) => {
    const { epicId, say, call } = await begin(hearing);
    await call("epic_create_task", task);
    await say("/ff permissions supervisor strict");
    const id = pendingIn(await call("epic_cancel_task", drop));

    await say(`/ff approve ${id}`, people.rita);
    const still = await hearing.store.epics.view(epicId);
    await say(`/ff deny ${id} ana wants it`);

    const { approvals, unreadMail } = await hearing.store.epics.view(epicId);
    expect(still.approvals[0]?.state).toBe("PENDING");
    expect(approvals).toMatchObject([{ state: "DENIED", by: "ana", reason: "ana wants it" }]);
    expect(unreadMail[0]?.body).toContain("ana wants it");
  }));

test("a call nobody decides on ends by the database's clock, and its agent is told (A7)", () =>
  withWebhooks(async (hearing) => {
    const { epicId, say, call } = await begin(hearing);
    await call("epic_create_task", task);
    await say("/ff permissions supervisor strict");
    await call("epic_cancel_task", drop, 1);
    await call("epic_fail", { reason: "No way" }, 60_000);

    await expireOverdue(hearing.store.epics);
    await expireOverdue(hearing.store.epics);

    const { approvals, unreadMail, epic } = await hearing.store.epics.view(epicId);
    expect(approvals.map(({ tool, state }) => [tool, state])).toEqual([
      ["epic_cancel_task", "EXPIRED"],
      ["epic_fail", "PENDING"],
    ]);
    expect(unreadMail).toMatchObject([
      { subject: expect.stringContaining("Expired: epic_cancel_task") },
    ]);
    expect(epic.state).toBe("IN_PROGRESS");
  }));

test("the repository's setting takes maintain permission, and counts where nothing nearer does (A6, S1)", () =>
  withWebhooks(async (hearing) => {
    const { epicId, say } = await begin(hearing);
    const model = async () =>
      (await hearing.store.epics.status(epicId)).profiles[0]?.parts.model ?? null;

    await say("/ff model supervisor haiku --repository");
    const refused = await model();
    hearing.truth.permissions.ana = "maintain";
    await say("/ff model supervisor haiku --repository");
    const far = await model();
    await say("/ff model supervisor opus");
    const near = await model();
    await say("/ff model supervisor default");

    expect(refused).toEqual({ value: "model-s", layer: "installation", next: null });
    // The supervisor is at work: it changes models with its next life.
    expect(far).toEqual({ value: "model-s", layer: "repository", next: "haiku-1" });
    expect(near).toEqual({ value: "model-s", layer: "epic", next: "opus-1" });
    expect(await model()).toEqual(far);
  }));
