// Characters that people do not see and models do: hidden orders travel in them.

// Colours and titles of terminals: without their escape character they would leave litter.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it removes
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,500}(?:\u0007|\u001b\\))/g;
const lineEndings = /\r\n?|[\u2028\u2029\u0085]/g;
// All format characters (zero-width, bidi, tags), fillers, and the selectors that smuggle bytes.
const unseen =
  /\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0]|[\u17b4\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0e]|[\u{e0000}-\u{e0fff}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// The emoji selector stays where an emoji stands before it, once.
const straySelector = /(?<!\p{Extended_Pictographic})\ufe0f/gu;

/** The same text as a person sees it: no invisible characters, line ends as `\n`, whole code points. */
export function stripInvisible(text: string): string {
  return text
    .toWellFormed()
    .replace(escapes, "")
    .replace(lineEndings, "\n")
    .replace(unseen, "")
    .replace(controls, "")
    .replace(straySelector, "");
}
