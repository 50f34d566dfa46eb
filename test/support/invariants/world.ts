import { z } from "zod";

// Where everything is that the checker looks at, as data: the demo hands it over in a file.

const settings = z
  .strictObject({
    /** Values that must be nowhere an agent or a reader can see; at least 8 characters, or none. */
    canaries: z.array(z.string().min(8).or(z.literal(""))).default([]),
    /** Logins, without `@`, that the product may mention. */
    allowedMentions: z.array(z.string()).default([]),
    maxWorkers: z.int().positive().default(10),
    maxCrashes: z.int().positive().default(5),
    maxTurnsPerLife: z.int().positive().default(300),
    maxDeliveryAttempts: z.int().positive().default(5),
    maxCommentsPerIssue: z.int().positive().default(60),
    /** Answers of the model an agent may have lost to weather, besides one for each of its lives. */
    modelRetries: z.int().min(0).default(0),
    /** While work goes on nothing waits longer than this. */
    maxPendingMs: z.int().positive().default(600_000),
    /** While work goes on this long may pass between an agent's end and the end of its things. */
    leftoverGraceMs: z.int().positive().default(30_000),
    /** How far the clocks of the database and the local GitHub may be apart. */
    clockSkewMs: z.int().min(0).default(1_000),
    /** People push to the base branch by themselves in this story. */
    peoplePushToBase: z.boolean().default(false),
  })
  .prefault({});

const worldShape = z.strictObject({
  databaseUrl: z.string(),
  gitHub: z.strictObject({
    /** `http://127.0.0.1:<port>` of the local GitHub. */
    url: z.url(),
    controlToken: z.string(),
    /** The folder of its data, which holds the bare repositories by their ids. */
    dataDir: z.string().optional(),
    /** Full names of repositories to their bare repositories, where they are elsewhere. */
    bareRepositories: z.record(z.string(), z.string()).default({}),
  }),
  hosts: z.array(
    z.strictObject({ dataDir: z.string(), runtimeDir: z.string(), hostName: z.string() }),
  ),
  /** Further folders of logs, besides those of the hosts. */
  logDirs: z.array(z.string()).default([]),
  settings,
  /** The epics must have ended, and everything of theirs be cleaned away. */
  ended: z.boolean(),
  /** The product has been stopped, too: its hosts run nothing any more. */
  stopped: z.boolean().default(false),
});

/** A world as it is written down; settings that are left out have their defaults. */
export type World = z.input<typeof worldShape>;
export type CheckedWorld = z.output<typeof worldShape>;

/** @throws {z.ZodError} naming every key that is wrong */
export function readWorld(world: unknown): CheckedWorld {
  return worldShape.parse(world);
}
