import { expect, test } from "vitest";
import { renderMessage } from "../../src/text/render-message.ts";
import { everyTrouble } from "./every-trouble.ts";

test("every kind of trouble is told with what is done about it, and by whom (H7)", () => {
  const said = everyTrouble("It *works*.");

  expect(
    said.map((message) => `--- ${message.kind}\n${renderMessage(message)}`).join("\n"),
  ).toMatchInlineSnapshot(`
    "--- agentFailed
    \`worker-15\` cannot go on:

    > It *works*.

    <details><summary>Its last screen</summary>

    \`\`\`
    It *works*.
    \`\`\`

    </details>

    Whoever operates FactoryFactory finds more in its log. \`/ff status\` shows what else is affected, \`/ff cancel\` ends the epic.
    --- agentHeldUp
    \`worker-15\` cannot work: 4 starts in a row came to nothing, through no fault of its own. The last time:

    > It *works*.

    It is started again, with waits in between, until it goes on; this costs its task no attempt. Whoever operates FactoryFactory can mend the cause. The same reason is told again only after it got through.
    --- incidentJudged
    The orchestrator looked into what holds this epic up, and lets it go on:

    > It *works*.

    Should it not pass, the epic is paused, and you are told what to do. \`/ff pause\` holds it now.
    --- toolRefused
    \`worker-15\` does not get on: its call of \`epic_approve\` was refused 5 times in a row. The last answer it had:

    > It *works*.

    It goes on trying. A comment here reaches it; \`/ff pause\` holds the epic. For this tool it is told only once.
    --- toolBroke
    Something broke in FactoryFactory when \`worker-15\` called \`task_submit\`. The agent was told and goes on without it.

    Whoever operates FactoryFactory finds it in the log as \`k3\`. The same mistake is told only once.
    --- effectFailed
    Something this epic needs could not be done (\`hostOperation\`):

    > It *works*.

    Its agent was told and goes on without it. Whoever operates FactoryFactory can mend the cause. In the log it is \`e/1/3\`.
    --- effectFailed
    Something this epic needs could not be done (\`createTaskIssue\`):

    > It *works*.

    Where GitHub refused it, check the App's permissions and the repository's rules. In the log it is \`e/1/2\`.
    --- modelTroubleBegan
    The model provider has not answered since 2026-11-23 01:02 UTC (It works.). No agent is started until it does. Work goes on by itself then, nothing is lost, and no task fails for it.
    --- modelTroubleEnded
    The model provider answers again. It did not from 2026-11-23 01:02 UTC to 2026-11-23 01:32 UTC. Work goes on."
  `);
});
