import { isProductTool, type LocalJournal } from "./local-journal.ts";
import type { ClaudeEvent } from "./read-line.ts";
import type { Recorder } from "./recorder.ts";
import type { Claude } from "./start-claude.ts";

type Asked = Extract<ClaudeEvent, { readonly kind: "asked" }>;

type Around = {
  readonly claude: Claude;
  readonly recorder: Recorder;
  readonly journal: LocalJournal;
};

/**
 * Lets a call of a tool run once the answer that asks for it is stored, and, where Claude Code runs
 * it itself, once it is in the journal. Everything else it may ask is answered with no: nothing may
 * wait for a person.
 */
export async function answerRequest(
  { requestId, request }: Asked,
  { claude, recorder, journal }: Around,
): Promise<void> {
  if (request === null) {
    const error = "Nobody is here to answer.";
    reply(claude, { subtype: "error", request_id: requestId, error });
    return;
  }
  const { callId, tool, input } = request;
  const whyNot =
    (await recorder.whyNot(callId)) ??
    (isProductTool(tool) ? null : await journal.begin(callId, tool, input));
  const response = whyNot === null ? {} : denied(whyNot);
  reply(claude, { subtype: "success", request_id: requestId, response });
}

function reply(claude: Claude, response: object): void {
  claude.send({ type: "control_response", response });
}

function denied(reason: string): object {
  return {
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: "deny",
      permissionDecisionReason: reason,
    },
  };
}
