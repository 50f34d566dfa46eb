import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../frame/define-scenario.ts";
import { tellFailingTask } from "./failing-task.ts";
import { tellRepeatedEpics } from "./repeated-epics.ts";

/** What rules leave open: epics that look alike, and a task that keeps failing. */
export const orchestrator: Scenario = {
  name: "orchestrator",
  summary: "epics that resemble each other, and a task that keeps failing",
  limitMs: 400_000,
  run: async (scene) => {
    const script = readFileSync(join(import.meta.dirname, "orchestrator.yml"), "utf8");
    await scene.play({ script, environment: { PLAN: "auto", AGENT_IDLE_MS: "1500" } });
    const told = await Promise.all([tellRepeatedEpics(scene), tellFailingTask(scene)]);
    return told.join("; ");
  },
};
