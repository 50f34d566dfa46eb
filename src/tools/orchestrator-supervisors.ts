import { agentName } from "../domain/agent.ts";
import { defineTool } from "./define-tool.ts";

export const orchestratorSupervisors = defineTool({
  name: "orchestrator_supervisors",
  summary: "The supervisors of this installation's open epics, and their states.",
  needs: ["orchestrator"],
  sensitive: false,
  input: {},
  handle: (_input, { installation }) => ({
    kind: "reply",
    reply: {
      supervisors: (installation?.epics ?? []).flatMap(
        ({ supervisor, endedAt, repository, issueNumber, state }) =>
          supervisor === null || endedAt !== null
            ? []
            : [
                {
                  name: agentName("supervisor", issueNumber),
                  repository,
                  state: supervisor,
                  epic: state,
                },
              ],
      ),
    },
  }),
});
