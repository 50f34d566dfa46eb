import { z } from "zod";

const maxReasonLength = 500;

/** Free words to the end of the line; empty when the person gave none. */
export const reason = z
  .string()
  .max(maxReasonLength, `A reason has at most ${maxReasonLength} characters`);

/** For commands that take nothing: a word too many is more often a mistake than an ornament. */
export const noArgument = z.string().max(0, "This command takes no argument");
