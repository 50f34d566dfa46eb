import { defineTool } from "./define-tool.ts";

export const orchestratorEpics = defineTool({
  name: "orchestrator_epics",
  summary:
    "This installation's epics: state, tasks landed and failed, and why one was paused or ended. Open ones first, then the last 20 that ended.",
  needs: ["orchestrator"],
  sensitive: false,
  input: {},
  handle: (_input, { installation }) => ({
    kind: "reply",
    reply: {
      epics: (installation?.epics ?? []).map(({ supervisor: _itsOwn, ...epic }) => epic),
    },
  }),
});
