import { agentOf } from "../domain/decision.ts";
import { defineTool } from "./define-tool.ts";

export const agentStatus = defineTool({
  name: "agent_status",
  summary: "Who you are, your epic's state, and how much mail is unread.",
  needs: ["supervisor", "worker"],
  sensitive: false,
  input: {},
  handle: (_input, { life, view, name }) => ({
    kind: "reply",
    reply: {
      agent: name,
      role: life.role,
      task: life.task,
      life: life.life,
      state: agentOf(view, life.agent)?.state ?? null,
      epic: {
        issue: view.epic.issueNumber,
        title: view.epic.title,
        state: view.epic.state,
        branch: view.epic.branch,
      },
      unreadMail: view.unreadMail.filter((mail) => mail.to === life.agent).length,
    },
  }),
});
