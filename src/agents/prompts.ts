// What agents are told. The system prompt is the same for every life of a role, byte for byte, so
// that the provider's cache hits; what differs stands in the first message.
import { readFileSync } from "node:fs";
import { agentName, taskOfAgent } from "../domain/agent.ts";
import type { Epic } from "../domain/epic.ts";
import type { Installation, KnownEpic } from "../domain/installation.ts";
import type { Mail, Sender } from "../domain/mail.ts";
import { choicesOf, type Question } from "../domain/question.ts";
import type { Role } from "../domain/states.ts";
import type { Task } from "../domain/task.ts";
import { asData, asLine, type Trust } from "../text/untrusted.ts";
import { fillTemplate } from "./fill-template.ts";

/** The prompt of a role. Its first line is `# Role: <name>`. */
export function systemPrompt(role: Role): string {
  return promptFile(`./${role}/prompt.md`);
}

/** What a supervisor is told once, before anything else. */
export function supervisorFirstMessage(epic: Epic): string {
  return fillTemplate(promptFile("./supervisor/first-message.md"), {
    agent: agentName("supervisor", epic.issueNumber),
    repository: `${epic.repository.owner}/${epic.repository.name}`,
    issue: `#${epic.issueNumber}`,
    title: asLine(epic.title),
    branch: epic.branch,
    baseBranch: epic.baseBranch,
    verifyCommand: verifyCommandOf(epic),
    planMode:
      epic.plan === "ask" ? "waits for a human's approval when you are done" : "needs no approval",
    body: asData(epic.body, {
      source: `issue #${epic.issueNumber}`,
      author: epic.author.login,
      trust: "write",
      format: "markdown",
    }),
  });
}

/** What a worker is told once, before anything else. */
export function workerFirstMessage(epic: Epic, task: Task): string {
  return fillTemplate(promptFile("./worker/first-message.md"), {
    agent: agentName("worker", task.issueNumber ?? task.ordinal),
    repository: `${epic.repository.owner}/${epic.repository.name}`,
    epicIssue: `#${epic.issueNumber}`,
    epicTitle: asLine(epic.title),
    ordinal: String(task.ordinal),
    title: asLine(task.title),
    issue: task.issueNumber === null ? "not numbered yet" : `#${task.issueNumber}`,
    branch: task.branch ?? "not named yet",
    epicBranch: epic.branch,
    verifyCommand: verifyCommandOf(epic),
    description: asData(taskText(task), {
      source: `task ${task.ordinal}`,
      author: "supervisor",
      trust: "agent",
      format: "markdown",
    }),
  });
}

/** What an orchestrator is told once: its question, and what became of the epics before (A12). */
export function orchestratorFirstMessage(
  epic: Epic,
  question: Question,
  installation: Installation,
): string {
  const source = `issue #${epic.issueNumber}`;
  const ended = installation.epics.filter(({ endedAt }) => endedAt !== null).slice(0, shownEnded);
  return fillTemplate(promptFile("./orchestrator/first-message.md"), {
    agent: agentName("orchestrator", epic.issueNumber),
    repository: `${epic.repository.owner}/${epic.repository.name}`,
    question: questionWords[question.kind],
    choices: choicesOf[question.kind].join(", "),
    issue: `#${epic.issueNumber}`,
    title: asLine(epic.title),
    detail: asData(question.detail, {
      source: `question ${question.number}`,
      author: "FactoryFactory",
      trust: wordsOf[question.kind],
      format: "plain",
    }),
    body: asData(epic.body.slice(0, shownCharacters).toWellFormed(), {
      ...{ source, author: epic.author.login, trust: "write", format: "markdown" },
    }),
    ended: ended.length === 0 ? "none yet" : ended.map(endedLine).join("\n"),
  });
}

const shownEnded = 10;
const shownCharacters = 8_000;
const questionWords = {
  repeatedEpic: "Does this epic start, or does it repeat another?",
  failingTask: "What becomes of a task that keeps failing?",
  incident:
    "Something outside the work stops it. Does the epic wait for it to pass, or is it paused for people?",
} as const;

/** Whose words are among the facts: another epic's author, an agent's plan, a terminal's last screen. */
const wordsOf = { repeatedEpic: "write", failingTask: "agent", incident: "agent" } as const;

function endedLine({
  repository,
  issueNumber,
  title,
  state,
  why,
  landed,
  tasks,
}: KnownEpic): string {
  const reason = why === null ? "" : `: ${asLine(why)}`;
  return `- ${repository}#${issueNumber} ${asLine(title)}: ${state}, ${landed} of ${tasks} tasks landed${reason}`;
}

/** Mail as one message of the conversation, oldest first. */
export function mailMessage(mails: readonly Mail[]): string {
  return mails
    .map(({ id, from, subject, body }) => {
      const sender = senderOf(from);
      const data = asData(body, {
        source: `mail ${id}`,
        author: sender.name,
        trust: sender.trust,
        // Only people write where something can be hidden from readers; output loses nothing.
        format: sender.trust === "write" ? "markdown" : "plain",
      });
      return `[mail ${id}] from ${asLine(sender.name)}: ${asLine(subject)}\n${data}`;
    })
    .join("\n\n");
}

/** Agents by the name that `mail_send` takes. */
function senderOf(sender: Sender): { readonly name: string; readonly trust: Trust } {
  switch (sender.kind) {
    case "agent": {
      const task = taskOfAgent(sender.agent);
      if (sender.agent.startsWith("orchestrator/")) return { name: "orchestrator", trust: "agent" };
      return { name: task === null ? "supervisor" : `worker ${task}`, trust: "agent" };
    }
    case "human":
      return { name: `human ${sender.actor.login}`, trust: "write" };
    case "product":
      return { name: "FactoryFactory", trust: "product" };
    default:
      return sender satisfies never;
  }
}

function taskText({ description, acceptance }: Task): string {
  const facts = acceptance.map((fact) => `- ${asLine(fact, 1_000)}`);
  return facts.length === 0 ? description : `${description}\n\nDone when:\n\n${facts.join("\n")}`;
}

function verifyCommandOf({ verifyCommand }: Epic): string {
  return verifyCommand === null ? "none; run the project's own tests" : asLine(verifyCommand, 500);
}

function promptFile(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}
