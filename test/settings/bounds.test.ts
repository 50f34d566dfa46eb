import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { rulesOf } from "../../src/wiring.ts";

const boundsIn = (environment: NodeJS.ProcessEnv) => rulesOf(readConfig(environment)).bounds;

test("people may choose every model alias, mode and harness unless the operator says less (A6)", () => {
  const { models, maxPermissions, harnesses } = boundsIn({});

  expect(Object.keys(models)).toEqual(["opus", "sonnet", "haiku"]);
  expect(maxPermissions).toBe("yolo");
  expect(harnesses).toEqual(["runner", "claude-code"]);
});

test("the operator's lists bound what people choose, and the operator's own choice is in them (A6)", () => {
  const { models, maxPermissions, harnesses } = boundsIn({
    ALLOWED_MODELS: " haiku , claude-opus-5,",
    WORKER_MODEL: "claude-fable-5-1",
    SUPERVISOR_MODEL: "haiku",
    ORCHESTRATOR_MODEL: "haiku",
    MAX_PERMISSIONS: "relaxed",
    ALLOWED_HARNESSES: "claude-code",
  });

  expect(Object.keys(models).sort()).toEqual(["claude-fable-5-1", "claude-opus-5", "haiku"]);
  expect(models["haiku"]).toMatch(/^claude-haiku-/);
  expect(maxPermissions).toBe("relaxed");
  expect([...harnesses].sort()).toEqual(["claude-code", "runner"]);
});

test("a harness or mode that does not exist is a mistake of the environment (A6)", () => {
  expect(() => readConfig({ ALLOWED_HARNESSES: "runner,emacs" })).toThrow(/ALLOWED_HARNESSES/);
  expect(() => readConfig({ MAX_PERMISSIONS: "yes" })).toThrow(/MAX_PERMISSIONS/);
});

test("how long a call waits for people has a default, a variable and bounds (A7)", () => {
  const dayMs = 86_400_000;

  expect(readConfig({}).APPROVAL_LIMIT_MS).toBe(dayMs);
  expect(readConfig({ APPROVAL_LIMIT_MS: "60000" }).APPROVAL_LIMIT_MS).toBe(60_000);
  expect(readConfig({ MAX_PENDING_APPROVALS: "1" }).MAX_PENDING_APPROVALS).toBe(1);
  expect(() => readConfig({ APPROVAL_LIMIT_MS: "NaN" })).toThrow(/APPROVAL_LIMIT_MS/);
  expect(() => readConfig({ APPROVAL_LIMIT_MS: String(30 * dayMs) })).toThrow(/APPROVAL_LIMIT_MS/);
});
