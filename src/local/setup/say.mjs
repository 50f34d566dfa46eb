/** Something a person has to know or do; printed as one line, without a stack. */
export class SetUpError extends Error {}

/** @param {string} line what is being changed, and why */
export function say(line) {
  console.error(`Set-up: ${line}`);
}
