import { createBroker } from "../../../src/adapters/broker/broker.ts";
import { shortId } from "../../../src/lib/ids.ts";
import type { Attempt } from "../attempt.ts";
import type { Victim } from "../victim.ts";
import { REGISTRY_FOLDER } from "../victim-servers.ts";

const TIMEOUT_MS = 8_000;
const DOOR = "/registry/npm";

/** A program that asks for each path and prints what comes. */
function ask(way: object, paths: readonly string[]): string {
  const asked = JSON.stringify(paths);
  return `
    for (const path of ${asked})
      require("http").get({ ...${JSON.stringify(way)}, path }, (r) => {
        console.log(path, r.statusCode);
        r.on("data", (d) => console.log(String(d)));
      }).on("error", (e) => console.log(e.code));`;
}

/** As a setup runs, whose cell reaches package registries. */
async function inSetupsCell(victim: Victim, paths: readonly string[]): Promise<string> {
  const { sandbox, worktree, controlSocket } = victim;
  const broker = createBroker({ controlSocket });
  const name = `setup-${shortId()}`;
  const { dir: brokerDir } = await broker.openRegistries(name, TIMEOUT_MS);
  try {
    const cell = { id: "attempt", worktree, brokerDir, environment: {}, timeoutMs: TIMEOUT_MS };
    const code = ask({ socketPath: "/run/factory/broker.sock" }, [
      `${DOOR}/right`,
      ...paths.map((path) => DOOR + path),
    ]);
    const bounds = { maxOutputBytes: 10_000 };
    const { output } = await sandbox.run(cell, ["node", "-e", code], bounds);
    // A door that lets nothing through would prove nothing.
    if (!output.includes(`${DOOR}/right 200`)) throw new Error(output);
    return output;
  } finally {
    await broker.close(name);
  }
}

function leaves(name: string, paths: readonly string[]): Attempt {
  const direct = paths.map((path) => REGISTRY_FOLDER + path);
  return {
    name,
    code: ({ registryPort: port }) => `node -e '${ask({ host: "127.0.0.1", port }, direct)}'`,
    proof: async (victim, { isCell }) =>
      isCell && (await inSetupsCell(victim, paths)).includes(victim.canary),
  };
}

/** Package registries as a way to what else their hosts serve. */
export const registries: readonly Attempt[] = [
  leaves("leave a registry's folder by slashes in disguise", [
    ...["/..%2fkey", "/x/..%2F..%2fkey", "/..%5ckey", "/%2e%2e%2fkey", "/@x%2f..%2f..%2fkey"],
  ]),
  leaves("leave a registry's folder by what is decoded twice", ["/..%252fkey", "/%252e%252e/key"]),
];
