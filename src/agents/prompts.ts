// What agents are told. The system prompt is the same for every life of a role, byte for byte, so
// that the provider's cache hits; what differs stands in the first message.
import { readFileSync } from "node:fs";
import { agentName, taskOfAgent } from "../domain/agent.ts";
import type { Epic } from "../domain/epic.ts";
import type { Mail, Sender } from "../domain/mail.ts";
import type { Task } from "../domain/task.ts";
import { asData, asLine, type Trust } from "../text/untrusted.ts";
import type { AgentRoleName } from "./define-role.ts";
import { fillTemplate } from "./fill-template.ts";

/** The prompt of a role. Its first line is `# Role: <name>`. */
export function systemPrompt(role: AgentRoleName): string {
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
