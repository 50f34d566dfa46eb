import { z } from "zod";

// Inputs that several tools share, with their limits.

const maxTasks = 1000;
const maxPathBytes = 512;

/** A task's number in its epic, as epic_list_tasks shows it. */
export const taskNumber = z.int().min(1).max(maxTasks);

export const headSha = z
  .string()
  .regex(/^[0-9a-f]{40}$/, "must be a full commit name of 40 hexadecimal digits")
  .describe("The exact head you read");

/**
 * Text an agent writes: never blank, never longer than `maxLength` characters. That it must not be
 * blank is not in its schema: it would be paid for with every call of a model.
 */
export function text(maxLength: number): z.ZodString {
  return z
    .string()
    .max(maxLength)
    .refine((value) => /\S/.test(value), "must not be blank");
}

/** A path inside a repository; what it names is looked up in git objects, never opened (T15). */
export const repositoryPath = z
  .string()
  .min(1)
  .max(maxPathBytes)
  .refine(isRepositoryPath, "must be a relative path of a file inside the repository, without ..");

function isRepositoryPath(path: string): boolean {
  if (Buffer.byteLength(path) > maxPathBytes) return false;
  if (/\p{Cc}/u.test(path)) return false;
  const parts = path.split("/");
  return !parts.some((part) => part === "" || part === "." || part === "..");
}

const maxQuestions = 10;
const maxCriteria = 20;

/** One line that names a task. */
export const title = text(200)
  .regex(/^[^\r\n]*$/, "must be one line")
  .describe("One line, imperative");

/** A task's text. */
export const description = text(20_000).describe("What to do, where, and what to leave alone");

/** A task's criteria. */
export const acceptance = z
  .array(text(1000))
  .min(1)
  .max(maxCriteria)
  .describe("Facts that hold when it is done");

/** Questions to people; they are numbered where they are shown. */
export const questions = z
  .array(text(1000))
  .min(1)
  .max(maxQuestions)
  .describe("One decision each; they are numbered for you");

/** What goes before questions. */
export const context = text(4000)
  .nullable()
  .default(null)
  .describe("What people must know to answer, Markdown");
