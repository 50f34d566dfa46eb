import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { type Folders, tmuxSocket } from "../../../src/local/demo/services.ts";
import type { Scene } from "./scene.ts";

const run = promisify(execFile);
const tmuxLimitMs = 10_000;

const rowShape = z.object({
  epic_id: z.coerce.number(),
  agent: z.string(),
  life: z.number(),
  name: z.string(),
});

/** One process of an agent that runs now. */
export type SceneLife = {
  readonly epicId: number;
  /** `supervisor`, `worker/1`. */
  readonly agent: string;
  readonly life: number;
  readonly session: string;
  /** Of the session's first process; null when it has none. */
  readonly pid: number | null;
};

export type SceneLives = {
  /** Every life that has not ended, of all epics. */
  readonly list: () => Promise<readonly SceneLife[]>;
  /** SIGKILL for the process of an agent's life. @throws {Error} when it has none */
  readonly kill: (epicId: number, agent: string) => Promise<SceneLife>;
};

/** @param folders asked for at every use, as they are there once the scene plays */
export function createSceneLives(rows: Scene["rows"], folders: () => Folders): SceneLives {
  const list = async (): Promise<readonly SceneLife[]> => {
    const open = await rows(
      "select epic_id, agent, life, name from lives where ended_at is null order by started_at",
    );
    const pids = await panePids(tmuxSocket(folders()));
    return z
      .array(rowShape)
      .parse(open)
      .map(({ epic_id, agent, life, name }) => {
        return { epicId: epic_id, agent, life, session: name, pid: pids.get(name) ?? null };
      });
  };
  return {
    list,
    kill: async (epicId, agent) => {
      const life = (await list()).find((one) => one.epicId === epicId && one.agent === agent);
      if (!life?.pid) throw new Error(`${agent} of epic ${epicId} has no process to kill`);
      process.kill(life.pid, "SIGKILL");
      return life;
    },
  };
}

async function panePids(socket: string): Promise<ReadonlyMap<string, number>> {
  const format = "#{session_name} #{pane_dead} #{pane_pid}";
  const { stdout } = await run("tmux", ["-S", socket, "list-panes", "-a", "-F", format], {
    timeout: tmuxLimitMs,
  });
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [name, dead, pid] = line.split(" ");
      return name && dead === "0" ? [[name, Number(pid)] as const] : [];
    }),
  );
}
