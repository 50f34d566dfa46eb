import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../frame/define-scenario.ts";
import type { Scene } from "../frame/scene.ts";
import { tellBudget } from "./budget.ts";
import { tellClarification } from "./clarification.ts";
import { tellCrashLoop } from "./crash-loop.ts";
import { tellInterrupted } from "./interrupted.ts";
import { tellZeroTasks } from "./zero-tasks.ts";

/** Show 5: what agents do when not all is plain. Each chapter is an epic of its own, all at once. */
export const agents: Scenario = {
  name: "agents",
  summary: "agents that ask, wait, sleep, are killed, plan nothing, and spend their budget",
  limitMs: 600_000,
  run: async (scene) => {
    const script = readFileSync(join(import.meta.dirname, "agents.yml"), "utf8");
    await scene.play({
      script: script.replace("LONG_TEXT", longText),
      environment: { PLAN: "auto", AGENT_IDLE_MS: "3000" },
    });
    const told = await Promise.all(chapters.map((tell) => tell(scene)));
    return told.join("; ");
  },
};

/** What costs more than two cents to write. */
const longText = "It is a small shop. ".repeat(800).trim();

/** Each tells its story and says in a few words what came of it. */
const chapters: readonly ((scene: Scene) => Promise<string>)[] = [
  tellClarification,
  tellZeroTasks,
  tellInterrupted,
  tellCrashLoop,
  tellBudget,
];
