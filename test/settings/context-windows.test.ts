import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { contextTokensOf } from "../../src/gateway/context-windows.ts";
import { modelIdOf } from "../../src/gateway/models.ts";

function windowOf(model: string, environment: Readonly<Record<string, string>>): number {
  const config = readConfig(environment);
  const windows = { byModel: config.MODEL_CONTEXT_TOKENS, otherwise: config.CONTEXT_TOKENS };
  return contextTokensOf(model, windows, modelIdOf);
}

test("a model's window is named under its alias or its id, or is the common one (A8)", () => {
  const MODEL_CONTEXT_TOKENS = "haiku=100000, claude-opus-5-5=1000000";

  expect(windowOf("claude-haiku-5-5", { MODEL_CONTEXT_TOKENS })).toBe(100_000);
  expect(windowOf("claude-opus-5-5", { MODEL_CONTEXT_TOKENS })).toBe(1_000_000);
  expect(windowOf("claude-sonnet-5-5", { MODEL_CONTEXT_TOKENS })).toBe(200_000);
  expect(windowOf("claude-sonnet-5-5", { CONTEXT_TOKENS: "50000" })).toBe(50_000);
});

test.each(["haiku", "haiku=", "haiku=many", "=100000", "haiku=9999"])(
  "a window that is none is refused with what one looks like: %s (O8)",
  (MODEL_CONTEXT_TOKENS) => {
    expect(() => readConfig({ MODEL_CONTEXT_TOKENS })).toThrow(
      `MODEL_CONTEXT_TOKENS: ${MODEL_CONTEXT_TOKENS} is not model=tokens`,
    );
  },
);
