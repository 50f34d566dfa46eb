import type { Message } from "../../src/domain/message.ts";

const agent = "worker-15";

/** One message of every kind about trouble, with `words` wherever somebody's words go. */
export function everyTrouble(words: string): readonly Message[] {
  return [
    { kind: "agentFailed", agent, reasonText: words, lastScreenText: words },
    { kind: "agentHeldUp", agent, times: 4, reasonText: words },
    { kind: "incidentJudged", reasonText: words },
    { kind: "toolRefused", agent, tool: "epic_approve", times: 5, reasonText: words },
    { kind: "toolBroke", agent, tool: "task_submit", id: "k3" },
    { kind: "effectFailed", effect: "hostOperation", reasonText: words, id: "e/1/3" },
    { kind: "effectFailed", effect: "createTaskIssue", reasonText: words, id: "e/1/2" },
    { kind: "modelTroubleBegan", since: "2026-11-23T01:02:03.004Z", reasonText: words },
    {
      kind: "modelTroubleEnded",
      since: "2026-11-23T01:02:03.004Z",
      until: "2026-11-23T01:32:03.004Z",
    },
  ];
}
