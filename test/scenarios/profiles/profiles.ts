import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../frame/define-scenario.ts";
import { tellOperatorsModel } from "./operators-model.ts";
import { tellStrictSupervisor } from "./strict-supervisor.ts";
import { tellTaskOverride } from "./task-override.ts";

const usual = { PLAN: "auto", AGENT_IDLE_MS: "1500" };

/** Show 4: what agents live with, by the operator, by comment, and in strict mode. */
export const profiles: Scenario = {
  name: "profiles",
  summary: "models by the operator and by comment, approvals of a strict supervisor by comment",
  limitMs: 240_000,
  run: async (scene) => {
    const script = readFileSync(join(import.meta.dirname, "profiles.yml"), "utf8");
    await scene.play({ script, environment: { ...usual, WORKER_MODEL: "haiku" } });
    const byOperator = await tellOperatorsModel(scene);
    await scene.play({ script, environment: usual });
    const byComment = await Promise.all([tellTaskOverride(scene), tellStrictSupervisor(scene)]);
    return [byOperator, ...byComment].join("; ");
  },
};
