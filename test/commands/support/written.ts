import { type CommandOutcome, dispatch } from "../../../src/commands/dispatch.ts";
import { parseCommands } from "../../../src/commands/parse.ts";
import { epicIn } from "../../../src/domain/decision.ts";
import type { Thread } from "../../../src/domain/effect.ts";
import type { Epic } from "../../../src/domain/epic.ts";
import type { EpicView } from "../../../src/domain/epic-view.ts";
import type { Permission } from "../../../src/ports/git-hub.ts";
import { renderMessage } from "../../../src/text/render-message.ts";
import { anApproval, anyBounds, profilesOf } from "../../support/epic-view.ts";
import { sampleEpic, sampleStatus, sampleTasks } from "../../text/sample-epic.ts";

// Commands as a person writes them, on an epic at work.

export const running: EpicView = {
  epic: sampleEpic,
  tasks: sampleTasks,
  agents: [
    {
      key: "supervisor",
      role: "supervisor",
      task: null,
      state: "WAITING",
      life: 1,
      crashes: 0,
      fastCrashes: 0,
      budgetHold: null,
      permissions: "relaxed",
      harness: "runner",
      model: "m",
    },
  ],
  unreadMail: [],
  notices: [],
  questions: [],
  approvals: [],
  profileSettings: [],
};
const inState = (epic: Epic): EpicView => ({ ...running, epic });
export const paused = inState(
  epicIn(sampleEpic, { state: "PAUSED", from: "IN_PROGRESS", reason: "" }),
);
/** A plan and a call that wait for a person. */
export const asked: EpicView = {
  ...inState(
    epicIn({ ...sampleEpic, planRevision: 1, planShownBy: 8 }, { state: "NEEDS_PLAN_APPROVAL" }),
  ),
  approvals: [anApproval("b7k2")],
};

const rules = { profiles: profilesOf("sonnet-1", "sonnet-1"), bounds: anyBounds };

type More = {
  readonly permission?: Permission;
  readonly thread?: Thread;
  readonly view?: EpicView;
};

export function write(comment: string, more: More = {}): CommandOutcome {
  const { permission = "write", thread = { on: "epic" }, view = running } = more;
  const [written] = parseCommands(comment);
  if (!written) throw new Error(`"${comment}" holds no command`);
  const actor = { id: 7, login: "ada" };
  const said = { actor, permission, thread, commentId: 9, profileRules: rules };
  return dispatch(written, { ...said, view, status: sampleStatus });
}

export function answer(outcome: CommandOutcome): string {
  return outcome.reply === null ? "" : renderMessage(outcome.reply);
}

/** On which epic a command's examples are right, where it is not the one at work. */
export const viewFor: Readonly<Record<string, EpicView>> = {
  resume: paused,
  approve: asked,
  deny: asked,
};
