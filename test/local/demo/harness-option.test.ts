import { afterEach, expect, test, vi } from "vitest";
import { readOptions, UsageError } from "../../../src/local/demo/options.ts";
import { withHarness } from "../../../src/local/demo/with-harness.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

function optionsFor(...args: readonly string[]) {
  const options = readOptions(args);
  if (options === null) throw new Error("these options ask for help");
  return options;
}

test("the demo's agents live in the runner unless another harness is asked for (A2, D1)", async () => {
  const plain = optionsFor();

  expect(plain.harness).toBe("runner");
  expect(await withHarness(plain, () => {})).toEqual(plain);
  expect(() => readOptions(["--harness", "emacs"])).toThrow(UsageError);
  expect(() => readOptions(["--harness", "emacs"])).toThrow("must be runner or claude-code");
});

test("Claude Code that is named is taken as it is, for every role (A2, A6)", async () => {
  vi.stubEnv("CLAUDE_CODE_PATH", "/opt/claude");
  const said: string[] = [];

  const { environment } = await withHarness(optionsFor("--harness", "claude-code"), (line) =>
    said.push(line),
  );

  expect(environment).toMatchObject({
    WORKER_HARNESS: "claude-code",
    SUPERVISOR_HARNESS: "claude-code",
    CLAUDE_CODE_PATH: "/opt/claude",
  });
  expect(said).toEqual([]);
});
