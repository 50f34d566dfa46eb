import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { ServiceUser } from "../../src/local/embedded/service-user.ts";

/**
 * Makes a process that has ended and that nobody buries, for as long as the test takes.
 *
 * @param user whose process; null makes it ours
 * @returns its pid
 */
export async function makeZombie(user: ServiceUser | null = null): Promise<number> {
  // The shell becomes a program that never asks for the end of the child it inherits; the child
  // outlives that change.
  const parent = spawn("sh", ["-c", 'sleep 0.5 & echo "$!"; exec sleep 60'], {
    cwd: "/",
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  onTestFinished(() => {
    parent.kill("SIGKILL");
  });
  const [said] = await once(parent.stdout, "data");
  const pid = Number(said);
  await awaitFact(
    `process ${pid} is a zombie`,
    () => readFileSync(`/proc/${pid}/stat`, "utf8"),
    (stat) => stat.includes(") Z "),
  );
  return pid;
}
