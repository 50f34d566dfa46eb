import type { EpicView } from "../../../src/domain/epic-view.ts";
import { aTask, headOf } from "../../support/epic-view.ts";
import { withWorkers } from "./with-workers.ts";

const head = headOf(1);

/** A call that its tool takes: right arguments, on an epic where it is right. */
export type RightCall = { readonly input: object; readonly view?: EpicView };

const atWork = withWorkers([aTask(1)]);
const inReview = withWorkers([aTask(1, { state: "PENDING_REVIEW" })]);
const planning = withWorkers([aTask(1, { state: "PENDING" }), aTask(2, { state: "PENDING" })]);
const asking = { context: null, questions: ["Cents or euros?"] };

const asked: EpicView = {
  ...atWork,
  questions: [{ number: 1, kind: "repeatedEpic", task: null, detail: "Like #7.", answer: null }],
};

/** What every view of a matrix test is about, unless the call says otherwise. */
export const usualView: EpicView = atWork;

/** One for every tool there is. */
export const rightCalls: Readonly<Record<string, RightCall>> = {
  agent_status: { input: {} },
  mail_send: { input: { to: "human", subject: "News", body: "All is well." } },
  mail_list: { input: {} },
  log_decision: { input: { decision: "Cents", reason: "No rounding" } },
  run_approved: { input: { id: "b7k2" } },
  task_status: { input: {} },
  git_commit: { input: { message: "Add a cart" } },
  git_rebase: { input: {} },
  task_submit: {
    input: { summary: "A cart." },
    view: withWorkers([{ ...aTask(1), submittedSha: null }]),
  },
  task_ask: { input: { question: "Cents or euros?" } },
  task_give_up: { input: { reason: "The API is gone" } },
  epic_create_task: {
    input: { title: "Add a cart", description: "A cart.", acceptance: ["It holds things."] },
  },
  epic_edit_task: { input: { task: 1, title: "Add a bigger cart" }, view: planning },
  epic_add_dependency: { input: { task: 2, dependsOn: 1 }, view: planning },
  epic_plan_done: { input: { note: "Two tasks." }, view: planning },
  epic_list_tasks: { input: {} },
  epic_review_queue: { input: {}, view: inReview },
  epic_read_diff: { input: { task: 1 }, view: inReview },
  epic_read_file: { input: { path: "src/a.ts" } },
  epic_approve: { input: { task: 1, head }, view: inReview },
  epic_request_changes: { input: { task: 1, head, remarks: "Test it." }, view: inReview },
  epic_block_task: { input: { task: 1, reason: "Currency", ...asking } },
  epic_unblock_task: {
    input: { task: 1, answer: "Cents." },
    view: withWorkers([aTask(1, { state: "BLOCKED", reason: "Currency" })]),
  },
  epic_retry_task: {
    input: { task: 1, context: "The API is back." },
    view: withWorkers([aTask(1, { state: "FAILED", reason: "The API is gone" })]),
  },
  epic_cancel_task: { input: { task: 1, reason: "Not needed" } },
  epic_ask_human: { input: asking },
  epic_fail: { input: { reason: "It cannot be done" } },
  orchestrator_epics: { input: {}, view: asked },
  orchestrator_supervisors: { input: {}, view: asked },
  orchestrator_decide: { input: { choice: "ask", reason: "It reads the same." }, view: asked },
};
