import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { shortId } from "../../lib/ids.ts";

// What a resumed run must find again: the ports that others were told, and what has been set up.

const schema = z.object({
  ports: z.object({ product: z.number(), gitHub: z.number(), model: z.number() }),
  modelKey: z.string(),
  brokerSecret: z.string(),
  /** null until the stage is set. */
  stage: z
    .object({
      appId: z.number(),
      appSlug: z.string(),
      privateKey: z.string(),
      webhookSecret: z.string(),
      person: z.object({ login: z.string(), token: z.string() }),
      repository: z.string(),
    })
    .nullable(),
  startedAtMs: z.number(),
  /** A file of limits and faults of the scripted model; null for good weather. */
  weather: z.string().nullable().default(null),
});

export type RunState = z.infer<typeof schema>;
export type Stage = NonNullable<RunState["stage"]>;

function fileOf(data: string): string {
  return join(data, "run.json");
}

/** A run that was killed before it wrote its state has nothing to go on with. */
export function readRunState(data: string): RunState | null {
  const file = fileOf(data);
  return existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : null;
}

/** Replaced as a whole: a kill leaves the old state or the new one. Holds secrets: 0600. */
export function writeRunState(data: string, state: RunState): RunState {
  const draft = `${fileOf(data)}.${shortId()}`;
  writeFileSync(draft, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(draft, fileOf(data));
  return state;
}

const secretLength = 40;

export async function newRunState(weather: string | null): Promise<RunState> {
  const [product, gitHub, model] = await freePorts(3);
  if (product === undefined || gitHub === undefined || model === undefined)
    throw new Error("this machine gave no free ports");
  return {
    ports: { product, gitHub, model },
    modelKey: shortId(secretLength),
    brokerSecret: shortId(secretLength),
    stage: null,
    startedAtMs: Date.now(),
    weather,
  };
}

/** Held open together, so that all are different. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
