import type { LifeIdentity } from "../../../src/domain/agent.ts";
import { both } from "../../../src/domain/decision.ts";
import type { Decision, EpicView } from "../../../src/domain/epic-view.ts";
import type { PermissionMode } from "../../../src/domain/profile.ts";
import type { Role } from "../../../src/domain/states.ts";
import type { Change, Note, ToolReply } from "../../../src/ports/epics.ts";
import { tools } from "../../../src/tools/index.ts";
import { defaultToolLimits, runTool, type ToolPorts } from "../../../src/tools/run-tool.ts";
import { anyBounds, profileOf } from "../../support/epic-view.ts";
import { lifeOf } from "./call-tool.ts";

/** What one call led to. */
export type Made = {
  readonly reply: ToolReply;
  readonly decision: Decision;
  readonly notes: readonly Note[];
  /** Rows of the decision log that were written by themselves, before the call was decided. */
  readonly logged: readonly string[];
};

const keysOf = {
  orchestrator: "orchestrator/1",
  supervisor: "supervisor",
  worker: "worker/1",
} as const;

type Caller = {
  readonly role: Role;
  readonly mode: PermissionMode;
  readonly deniedTools?: readonly string[];
  readonly maxPendingApprovals?: number;
};

/** Runs one call against a view that is there, and keeps what would have been stored. */
export async function makeCall(
  view: EpicView,
  asked: { readonly tool: string; readonly input: unknown },
  { role, mode, deniedTools = [], maxPendingApprovals = 5 }: Caller,
): Promise<Made> {
  let decision: Decision = {};
  let notes: readonly Note[] = [];
  const logged: string[] = [];
  const profile = { ...profileOf("m"), permissions: mode };
  const ports: ToolPorts = {
    tools,
    deniedTools,
    profiles: {
      profiles: { orchestrator: profile, supervisor: profile, worker: profile },
      bounds: anyBounds,
    },
    epics: {
      installation: async () => ({ epics: [] }),
      change: async <Result>(
        _epicId: number,
        _cause: unknown,
        decide: (now: EpicView) => Change<Result>,
      ) => {
        const change = decide(view);
        decision = both(decision, change.decision);
        notes = change.notes ?? [];
        return change.result;
      },
    },
    conversations: {
      call: async () => null,
      openCalls: async () => [],
      awaitReply: async () => null,
      log: async (_life, { what }) => {
        logged.push(what);
      },
    },
    onRefused: () => {},
    limits: { ...defaultToolLimits, maxPendingApprovals },
    newApprovalId: () => "z9z9",
    redact: (text) => text.replaceAll("sk-secret", "[redacted]"),
  };
  const life: LifeIdentity = { ...lifeOf(keysOf[role]), role };
  const reply = await runTool({ life, ...asked, callId: "call-1" }, ports);
  return { reply, decision, notes, logged };
}
