import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBroker } from "../../../src/adapters/broker/broker.ts";
import type { HandOut } from "../../../src/adapters/sandbox/dependencies/lending.ts";
import { createSandbox } from "../../../src/adapters/sandbox/sandbox.ts";
import { shortId } from "../../../src/lib/ids.ts";
import type { Attempt } from "../attempt.ts";
import { LIMITS, type Victim } from "../victim.ts";

const TIMEOUT_MS = 20_000;
const WHERE_IT_MAY_BE = ["node_modules", "a", "/opt/dependencies"] as const;

/** A folder of the host that anybody could read, if only it were shown. */
function bait({ folder, canary }: Victim): string {
  const place = join(folder, "bait");
  mkdirSync(place, { recursive: true });
  chmodSync(place, 0o777);
  writeFileSync(join(place, "key"), `${canary}\n`);
  return place;
}

/** As the product does it: what setup made is kept, handed out, and shown in an agent's cell. */
async function asProduct(victim: Victim, command: string, handOut: HandOut): Promise<string> {
  const { folder, worktree, base, controlSocket } = victim;
  const sandbox = createSandbox({ dataDir: join(folder, "data"), limits: LIMITS, handOut });
  const broker = createBroker({ controlSocket });
  const result = await sandbox.setup({
    ...{ inputs: [shortId()], mirror: worktree.mirror, tree: base, command, tools: [] },
    openRegistries: (name) => broker.open({ name, token: "none" }),
    closeRegistries: (name) => broker.close(name),
  });
  // What is not handed out at all would prove nothing.
  if (result.kind !== "ready") throw new Error(JSON.stringify(result));
  await sandbox.checkout(worktree, base);
  const dependencies = await sandbox.lend(worktree, result.set);
  try {
    const cell = { id: "attempt", worktree, brokerDir: null, environment: {}, dependencies };
    const line = WHERE_IT_MAY_BE.map((place) => `cat ${place}/key; echo in >${place}/in`).join(";");
    const argv = ["/bin/sh", "-c", line];
    const bounds = { maxOutputBytes: 10_000 };
    return (await sandbox.run({ ...cell, timeoutMs: TIMEOUT_MS }, argv, bounds)).output;
  } finally {
    await sandbox.takeBack(worktree);
  }
}

/** As a careless host does it: setup sees the folder in which it is kept, and links are followed. */
function carelessly({ folder }: Victim, command: string): string {
  const work = join(folder, "careless-setup", shortId());
  for (const name of ["tree", "shared", "scratch"])
    mkdirSync(join(work, name), { recursive: true });
  const options = { cwd: join(work, "tree"), encoding: "utf8", stdio: "pipe" } as const;
  execFileSync("/bin/sh", ["-c", command.replaceAll("/work/", `${work}/`)], options);
  const keep = `mkdir -p ../kept/tree; for d in a b c node_modules; do mkdir -p "../kept/tree/$(dirname $d)"; [ ! -e $d ] && [ ! -L $d ] || mv $d ../kept/tree/$d; done; mv ../shared ../kept/shared; true`;
  execFileSync("/bin/sh", ["-c", keep], options);
  const places = ["tree/node_modules", "tree/a", "shared"].map((place) =>
    join(work, "kept", place),
  );
  return places
    .map((place) => join(place, "key"))
    .flatMap((key) => (existsSync(key) ? [readFileSync(key, "utf8")] : []))
    .join("");
}

function plants(name: string, plant: (host: string) => string, handOut: HandOut): Attempt {
  return {
    name,
    code: () => "true",
    proof: async (victim, { isCell }) => {
      const host = bait(victim);
      const made = "mkdir -p node_modules; echo x >node_modules/x";
      const command = `${made}; ${plant(host)}; true`;
      const output = isCell
        ? await asProduct(victim, command, handOut)
        : carelessly(victim, command);
      return output.includes(victim.canary) || existsSync(join(host, "in"));
    },
  };
}

/** The setup of an agent's own tree as a way to the host's folders. */
export const setup: readonly Attempt[] = [
  plants(
    "a link where what setup made is kept",
    (host) => `mkdir -p /work/kept/tree; ln -s ${host} /work/kept/tree/node_modules`,
    "auto",
  ),
  plants(
    "links that become a way out while what setup made is moved",
    (host) =>
      `mkdir -p a b/inner /work/kept/tree; echo x >a/x; echo y >b/inner/y; ln -s ${host} c; ln -s c /work/kept/tree/a; ln -s /work/tree/b/inner /work/kept/tree/c`,
    "auto",
  ),
  plants(
    "a link in place of the folder that is beside no tree",
    (host) => `mv /work/shared /work/scratch/s; ln -s ${host} /work/shared`,
    "copy",
  ),
];
