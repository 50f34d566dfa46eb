import { readFileSync } from "node:fs";
import { doorAt } from "./door.ts";
import { createFactoryApi, judgeApiError } from "./factory-api.ts";
import type { Pane } from "./pane.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import { loadParts } from "./runner-parts.ts";
import { type Patience, throughWeather } from "./weather.ts";

// The built-in runner: one life of one agent, in a cell, in a pane. It holds no state of its own;
// killed at any point, the next life goes on from what is stored.

export type LifeOptions = {
  /** Absolute; null: no local tools. */
  readonly worktree: string | null;
  /** Holds `broker.sock` and `token`. */
  readonly brokerDir: string;
  readonly patience: Patience;
  readonly pane: Pane;
};

/** @throws {RunnerEnd} always: that is how a life ends */
export async function runLife(options: LifeOptions): Promise<never> {
  const { worktree, brokerDir, patience, pane } = options;
  const parts = loadParts();
  const token = readToken(`${brokerDir}/token`);
  const door = doorAt(`${brokerDir}/broker.sock`, token);
  const api = createFactoryApi(door);
  const around = { pane, patience };
  const starting = throughWeather("starting", api.start, judgeApiError, around);
  // Told by whoever waits for it; the other way to the same product may say so first.
  starting.catch(() => {});
  const [{ createModel }, { connectMcpTools, judgeMcpError }, { createToolbox }, rest] =
    await parts;
  const connect = () => connectMcpTools(door);
  const connecting = throughWeather("listing tools", connect, judgeMcpError, around);
  const [start, mcp] = await Promise.all([starting, connecting]);
  pane.heading(`${start.agent}.${start.life} · ${start.role} · ${start.model}`);
  const local = worktree === null ? null : { worktree, ...start.limits };
  const toolbox = createToolbox({ ...around, mcp, api, local });
  const names = toolbox.tools.map((tool) => tool.name).join(", ");
  pane.note(`${start.nextSeq} turns stored; tools: ${names}`);
  const model = createModel(door);
  const patient = { ...patience, totalMs: start.limits.patienceMs };
  return await rest.liveConversation(start, { pane, patience: patient, api, model, toolbox });
}

/** @throws {RunnerEnd} when the life has no token to prove itself with */
export function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new RunnerEnd(EXIT.refused, `the life's token ${file} cannot be read`, cause);
  }
}
