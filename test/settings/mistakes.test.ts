import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";

const mistakeIn = (environment: NodeJS.ProcessEnv): string => {
  try {
    readConfig(environment);
    return "none";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

test.each([
  ["PORT", "many", 'PORT: "many" is not a whole number from 0 to 65535'],
  ["TICK_MS", "-1", 'TICK_MS: "-1" is not a whole number from 50 to 86400000'],
  ["LIFE_MEMORY_BYTES", "2 GB", 'LIFE_MEMORY_BYTES: "2 GB" is not a whole number from 1 on'],
  ["PLAN", "frist", 'PLAN: "frist" is none of first, ask, auto; did you mean first?'],
  ["WORKER_HARNESS", "emacs", 'WORKER_HARNESS: "emacs" is none of runner, claude-code'],
  [
    "ALLOWED_HARNESSES",
    ",runner, claude-cod",
    'ALLOWED_HARNESSES: "claude-cod" is none of runner, claude-code; did you mean claude-code?',
  ],
  [
    "MAX_PERMISSIONS",
    "YOLO ",
    'MAX_PERMISSIONS: "YOLO" is none of strict, relaxed, yolo; did you mean yolo?',
  ],
  [
    "ANTHROPIC_BASE_URL",
    "ftp://me:hidden-word@h",
    'ANTHROPIC_BASE_URL: "ftp://me:[redacted]@h" is not a URL that starts with http:// or https://',
  ],
  ["CELL_UID_BASE", "1000", 'CELL_UID_BASE: "1000" is not a whole number from 65536 to 4000000000'],
])("%s=%s is told with the value and what is allowed (O5)", (name, value, line) => {
  expect(mistakeIn({ [name]: value })).toBe(line);
});

test.each([
  ["GHE_HOST", "https://ghe.example.com", /^GHE_HOST: must be a host.*given: "https:/],
  ["ALLOWED_MODELS", ",", /^ALLOWED_MODELS: holds commas and no name/],
  ["MODEL_CONTEXT_TOKENS", "haiku", /^MODEL_CONTEXT_TOKENS: haiku is not model=tokens/],
])("%s=%s is told with what it has to be (O5)", (name, value, line) => {
  expect(mistakeIn({ [name]: value })).toMatch(line);
});

test.each([
  ["DATABASE_URL", "mysql://me:hidden-word@h/db", "must start with postgres://"],
  ["REDIS_URL", "hidden-word", "must start with redis://"],
  ["REGISTRIES", "npm=https://me:hidden-word@h", "must be name=url"],
])("a mistake in %s never shows what may hold a password (S8)", (name, value, what) => {
  expect(mistakeIn({ [name]: value })).toContain(`${name}: ${what}`);
  expect(mistakeIn({ [name]: value })).not.toContain("hidden-word");
});

test("a file of a value that cannot be read is one mistake among the others, with its path (O5)", () => {
  const lines = mistakeIn({ PRIVATE_KEY_FILE: "/nope/key.pem", PORT: "many" }).split("\n");

  expect(lines).toEqual([
    'PRIVATE_KEY_FILE: cannot read the file it names, "/nope/key.pem" (ENOENT)',
    expect.stringMatching(/^PORT: /),
  ]);
});
