import { z } from "zod";
import { authorize } from "../commands/authorize.ts";
import { epicBranchName } from "../domain/branch-name.ts";
import { cancelAsClosed, pauseEpic, resumeEpic } from "../domain/decide-epic.ts";
import type { Actor, RepositoryRef } from "../domain/epic.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import {
  actorOf,
  defineWebhook,
  envelope,
  isBot,
  repositoryOf,
  userShape,
  type WebhookPorts,
} from "./define-webhook.ts";
import { startQueuedEpics } from "./start-queued-epics.ts";

const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  user: userShape,
});

/** A person with write permission labels an issue: it becomes an epic (L1). */
export const issueLabeled = defineWebhook({
  events: ["issues.labeled"],
  payload: z.object({ ...envelope, issue, label: z.object({ name: z.string() }) }),
  handle: async (payload, ports, guid) => {
    if (payload.label.name !== ports.settings.epicLabel || isBot(payload.sender)) return;
    const repository = await repositoryOf(payload, ports.store);
    if (!(await isOperator(repository, payload.sender, ports, guid))) return;
    const now = await ports.github.issue(repository, payload.issue.number);
    // The label may be gone again by the time this is read: then nothing is to start.
    if (!now?.labels.includes(ports.settings.epicLabel) || now.state === "closed") return;
    await startEpic(payload, repository, ports, guid);
  },
});

/** The text agents see is the text as it was labelled, which the delivery holds (T3). */
async function startEpic(
  payload: { readonly issue: z.output<typeof issue>; readonly sender: Actor },
  repository: RepositoryRef,
  { store, github, settings, onOutcome }: WebhookPorts,
  guid: string,
): Promise<void> {
  const { number, title, body, user } = payload.issue;
  const isFirst = (await store.epics.countOf(repository)) === 0;
  const asks = settings.plan === "ask" || (settings.plan === "first" && isFirst);
  const { epicId, isNew } = await store.epics.open({
    repository,
    issueNumber: number,
    title,
    body: body ?? "",
    author: actorOf({ ...user, type: "User" }),
    plan: asks ? "ask" : "auto",
    verifyCommand: settings.verifyCommand,
    branch: epicBranchName(number, title),
    baseBranch: await github.defaultBranch(repository),
  });
  const cause = { what: `delivery ${guid}`, actor: payload.sender.login };
  await store.epics.change(epicId, cause, (view) => ({
    decision: resumed(view, payload.sender),
    result: null,
  }));
  await startQueuedEpics(store, settings, (id) => (id === epicId ? cause : inLine));
  // Before whatever is said from now on: what people said first is handled first.
  await store.inbox.recallEarly(repository.githubId);
  onOutcome("epic.started", { epic: epicId, issue: number, isNew, delivery: guid });
}

const inLine = { what: "epics in line", actor: null };

/** Taking the label off pauses; putting it on again goes on (L1). */
function resumed(view: EpicView, sender: Actor): Decision {
  if (view.epic.state !== "PAUSED") return {};
  const decision = resumeEpic(view, { by: sender });
  return isRefusal(decision) ? {} : decision;
}

/** Removing the label pauses the epic (L1). */
export const issueUnlabeled = defineWebhook({
  events: ["issues.unlabeled"],
  payload: z.object({ ...envelope, issue, label: z.object({ name: z.string() }).optional() }),
  handle: async (payload, ports, guid) => {
    if (payload.label?.name !== ports.settings.epicLabel) return;
    await changeEpic(payload, ports, guid, (view, by) =>
      pauseEpic(view, { by, reason: `${by.login} removed the label` }),
    );
  },
});

/** Closing the issue cancels the epic (L1); our own closing finds it ended already. */
export const issueClosed = defineWebhook({
  events: ["issues.closed"],
  payload: z.object({ ...envelope, issue }),
  handle: async (payload, ports, guid) => {
    await changeEpic(payload, ports, guid, (view, by) =>
      cancelAsClosed(view, { by, reason: `${by.login} closed the issue` }),
    );
  },
});

type IssuePayload = {
  readonly issue: { readonly number: number };
  readonly sender: z.output<typeof userShape>;
} & Parameters<typeof repositoryOf>[0];

async function changeEpic(
  payload: IssuePayload,
  ports: WebhookPorts,
  guid: string,
  decide: (view: EpicView, by: Actor) => Decision | Refusal,
): Promise<void> {
  if (isBot(payload.sender)) return;
  const repository = await repositoryOf(payload, ports.store);
  const known = await ports.store.epics.known(repository, payload.issue.number);
  if (known?.is !== "epic") return;
  if (!(await isOperator(repository, payload.sender, ports, guid))) return;
  const by = actorOf(payload.sender);
  const refusal = await ports.store.epics.change(
    known.epicId,
    { what: `delivery ${guid}`, actor: by.login },
    (view) => {
      const decision = decide(view, by);
      return isRefusal(decision) ? { decision: {}, result: decision } : { decision, result: null };
    },
  );
  if (refusal) ports.onOutcome("delivery.refused", { delivery: guid, why: refusal.detail });
}

/** Live permission, asked for now: what the payload says about the sender is a hint only (S1). */
async function isOperator(
  repository: RepositoryRef,
  sender: Actor,
  { github, onOutcome }: WebhookPorts,
  guid: string,
): Promise<boolean> {
  const permission = await github.permissionOf(repository, sender.login);
  const may = authorize(permission, "operator");
  if (!may) onOutcome("delivery.refused", { delivery: guid, why: `${permission} permission` });
  return may;
}
