import { z } from "zod";
import { DEFAULT_REGISTRIES, parseRegistries } from "../lib/registries.ts";
import { count, hushed, ms, text } from "./shapes.ts";

const gibibyte = 1_073_741_824;
const bytes = (value: number) =>
  z.coerce.number().int().min(1_048_576).max(Number.MAX_SAFE_INTEGER).default(value);
const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((value) => value === "true");

/** How the dependencies of a repository are set up, cached and handed out. */
export const dependencies = {
  SETUP_COMMAND: text
    .optional()
    .describe("What installs a tree's dependencies; told from its lock files without it"),
  SETUP_INPUTS: text
    .transform((value) => value.split(",").map((one) => one.trim()))
    .optional()
    .describe(
      "What a setup depends on beside lock files and manifests: paths, or names of files, with commas; without it all of a tree, where programs of its own run in its setup",
    ),
  SETUP_SCRIPTS: flag.describe("Whether packages may run programs of theirs while installed"),
  SETUPS_AT_ONCE: count(2, 100).describe("Setups that a worker process runs at once"),
  SETUP_TIMEOUT_MS: ms(600_000).describe("Limit of one setup"),
  SETUP_OUTPUT_BYTES: count(16_384, 1_000_000).describe("Output of a setup that is kept"),
  SETUP_MAX_BYTES: bytes(4 * gibibyte).describe("Largest set of dependencies"),
  SETUP_FAILED_MS: ms(600_000).describe("How long a setup that failed is not tried again"),
  SETUP_TRIES: count(5, 100).describe(
    "Tries of a setup while registries are in trouble, before its agent begins without, and its landing asks a person",
  ),
  DEPENDENCY_SETS: count(20, 10_000).describe("Sets of dependencies that a host keeps"),
  DEPENDENCY_BYTES: bytes(20 * gibibyte).describe("Size of all of them"),
  DEPENDENCY_HAND_OUT: z
    .enum(["auto", "overlay", "copy"])
    .default("auto")
    .describe("How a worktree gets its private view: by overlay where the host can, else by copy"),
  REGISTRIES: hushed(
    text.refine(isList, "must be name=url, or name=off, with commas between; no credentials"),
  )
    .default(DEFAULT_REGISTRIES)
    .describe("Package registries that setup may read; the broker reads this, by name in addition"),
  REGISTRY_PRIVATE_HOSTS: text
    .optional()
    .describe("Hosts of registries that may have addresses of a private network; the broker's"),
  REGISTRY_MAX_BYTES: bytes(gibibyte / 2).describe("Largest answer of a registry; the broker's"),
  REGISTRY_TIMEOUT_MS: ms(300_000).describe("Limit of one request to a registry; the broker's"),
  AGENT_REGISTRIES: flag.describe("Whether agents themselves may read package registries"),
  ROOTFS: text
    .optional()
    .describe("Folder whose /usr, /bin and /lib cells get instead of the host's: a tool chain"),
} as const;

function isList(value: string): boolean {
  try {
    parseRegistries(value);
    return true;
  } catch {
    return false; // What is wrong must not be shown: it may hold credentials.
  }
}
