// What the runner itself says in a conversation, in the places of the user and of the model. A life
// tells these from what people and models say by how they begin, so no mail may begin so.

/** How everything begins that the runner says as the user. */
const VOICE = "[runner]";

/** The runner's own words, recognised by `isRunnersWord`. */
export function runnersWord(text: string): string {
  return `${VOICE} ${text}`;
}

export function isRunnersWord(text: string): boolean {
  return text.startsWith(VOICE);
}

/** Stands where the model said nothing at all: the provider refuses an empty turn. */
export const NO_ANSWER = "(no answer)";

/** Ends an answer that the model did not get to the end of. */
export const CUT_OFF = "(cut off here)";

/** The key of a tool's input that was none; its value says why, for the model to read. */
export const UNUSABLE = "unusable_input";
