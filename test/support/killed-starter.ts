import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/**
 * Starts a server in another process and kills that process, with its whole process group, as soon
 * as the server is up.
 *
 * @param module path of the module below src/local/embedded
 * @param start name of the exported function
 * @param options its argument
 * @returns the pid of the server it left
 */
export async function startThenDie(
  module: string,
  start: string,
  options: object,
): Promise<number> {
  const url = new URL(`../../src/local/embedded/${module}`, import.meta.url);
  const program = `
    const { ${start} } = await import(${JSON.stringify(url.href)});
    const server = await ${start}(${JSON.stringify(options)});
    process.stdout.write(String(server.pid), () => process.kill(-process.pid, "SIGKILL"));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return Number(said);
}
