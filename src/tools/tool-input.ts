import { z } from "zod";

// Inputs that several tools share, with their limits.

const maxTasks = 1000;
const maxPathBytes = 512;

export const taskNumber = z
  .int()
  .min(1)
  .max(maxTasks)
  .describe("A task's number in this epic, as epic_list_tasks shows it");

export const headSha = z
  .string()
  .regex(/^[0-9a-f]{40}$/, "must be a full commit name of 40 hexadecimal digits")
  .describe("The exact head you reviewed, 40 hexadecimal digits");

/** Text an agent writes: never blank, never longer than `maxLength` characters. */
export function text(maxLength: number): z.ZodString {
  return z.string().max(maxLength).regex(/\S/, "must not be blank");
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
