import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { usersAmong } from "../../src/settings-checks/check-users.ts";
import { faultsIn, refuseFaults } from "../../src/settings-checks/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Environment = Readonly<Record<string, string>>;

const refusalOf = async (environment: Environment, isHost = true): Promise<string> =>
  await refuseFaults(readConfig(environment), { isHost }).then(
    () => "none",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

const doubtsOf = async (environment: Environment): Promise<readonly string[]> =>
  (await faultsIn(readConfig(environment), { isHost: true })).map(
    ({ variable, state, says }) => `${state} ${variable}: ${says}`,
  );

const long = `/run/${"x".repeat(120)}`;

test("the defaults fit together and fit this machine (O5)", async () => {
  expect(await doubtsOf({})).toEqual([]);
});

test.each<[Environment, RegExp]>([
  [
    { WORKER_MODEL: "opuss" },
    /^WORKER_MODEL: "opuss" is no model; allowed are opus, sonnet, haiku, .*; did you mean opus\?$/,
  ],
  [{ SUPERVISOR_MODEL: "gpt-9" }, /^SUPERVISOR_MODEL: "gpt-9" is no model; allowed are opus/],
  [
    { ALLOWED_MODELS: "opus,hiaku" },
    /^ALLOWED_MODELS: "hiaku" is no model; .*did you mean haiku\?$/,
  ],
  [{ MODEL_CONTEXT_TOKENS: "hiaku=200000" }, /^MODEL_CONTEXT_TOKENS: "hiaku" is no model/],
  [
    { MODELS_FILE: "/nope.json" },
    /^MODELS_FILE: cannot read the file it names, "\/nope.json" \(ENOENT\)$/,
  ],
  [
    { DENIED_TOOLS: "epic_fale" },
    /^DENIED_TOOLS: "epic_fale" is none of .*; did you mean epic_fail\?$/,
  ],
  [{ EPIC_BUDGET_USD: "300" }, /^EPIC_BUDGET_USD: 300 is more than MAX_BUDGET_USD, 200: /],
  [
    { MODEL_RESERVATION_MS: "700000" },
    /^MODEL_RESERVATION_MS: 700000 must be at least 770000, .* 110000 .* 600000 /,
  ],
  [
    { MODEL_ANSWER_LIMIT_MS: "1200000" },
    /^MODEL_RESERVATION_MS: 1200000 must be at least 1370000, /,
  ],
  [{ MODEL_FIRST_BYTE_MS: "120000" }, /^MODEL_FIRST_BYTE_MS: 120000 must be less than 120000, /],
  [{ MODEL_IDLE_MS: "300000" }, /^MODEL_IDLE_MS: 300000 must be less than 120000, /],
  [{ MODEL_HOLD_MS: "110000" }, /^MODEL_HOLD_MS: 110000, with 10000 for a try, must be less /],
  [
    { COMPACT_KEEP_PERCENT: "80" },
    /^COMPACT_KEEP_PERCENT: 80 must be less than COMPACT_AT_PERCENT, 75/,
  ],
  [{ CONTEXT_TOKENS: "10000" }, /^CONTEXT_TOKENS: 10000 leaves no room/],
  [{ MODEL_CONTEXT_TOKENS: "haiku=20000" }, /^MODEL_CONTEXT_TOKENS: haiku=20000 leaves no room/],
  [
    { DATA_DIR: "/tmp", MIN_DISK_FREE_BYTES: "9000000000000000" },
    /^MIN_DISK_FREE_BYTES: 9000000000000000 is more than the whole disk of \/tmp has, \d+/,
  ],
  [
    { MEMORY_BUDGET_BYTES: "1" },
    /^MEMORY_BUDGET_BYTES: 1 is less than one life is given, LIFE_MEMORY_BYTES, 268435456$/,
  ],
  [{ ROOTFS: "/nope" }, /^ROOTFS: "\/nope" is not there$/],
  [{ ROOTFS: "/etc" }, /^ROOTFS: \/etc cannot be the system of cells: it lacks usr\/bin\/sh/],
  [
    { BROKER_SOCKET: "/nope/control.sock" },
    /^BROKER_SOCKET: "\/nope\/control.sock" has no folder \/nope; start the broker/,
  ],
  [{ BROKER_SOCKET: `${long}/s` }, /^BROKER_SOCKET: .* is too long for a socket: 107 bytes/],
  [{ RUNTIME_DIR: long }, /^RUNTIME_DIR: .* is too long for the sockets in it: 97 bytes/],
  [
    { DATA_DIR: "/proc/factory" },
    /^DATA_DIR: "\/proc\/factory" cannot be used: nothing can be kept in \/proc/,
  ],
  [
    { DATA_DIR: "/etc/passwd/factory" },
    /^DATA_DIR: .* cannot be used: \/etc\/passwd is not a folder/,
  ],
  [{ DATA_DIR: "data" }, /^DATA_DIR: "data" is not an absolute path$/],
  [{ BUBBLEWRAP_PATH: "/nope" }, /^BUBBLEWRAP_PATH: "\/nope" is no program/],
  [
    { CLAUDE_CODE_PATH: "/nope" },
    /^CLAUDE_CODE_PATH: "\/nope" is no program that this user can run/,
  ],
  [
    { CLAUDE_CODE_PATH: "/bin/true" },
    /^CLAUDE_CODE_PATH: "\/bin\/true" is there, but is not Claude Code/,
  ],
  [{ PRIVATE_KEY: "hidden-word" }, /^PRIVATE_KEY: is no private key \((?!.*hidden-word)/],
])("nothing starts on %o, and one line says why (O5)", async (environment, line) => {
  expect(await refusalOf(environment)).toMatch(line);
  expect(await refusalOf(environment)).not.toContain("\n");
});

test("what MODELS_FILE names is a model; a mistake in the file is told with its line (O5)", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "models.json");
  const price = { input: 1, output: 2 };
  writeFileSync(file, JSON.stringify({ asOf: "2026-11-01", models: { "my-llama": price } }));

  expect(await doubtsOf({ MODELS_FILE: file, WORKER_MODEL: "my-llama" })).toEqual([]);
  writeFileSync(file, "{");
  expect(await refusalOf({ MODELS_FILE: file })).toMatch(/^MODELS_FILE: line 1: /);
});

test.each<[Environment, RegExp]>([
  [{ WORKER_MODEL: "claude-opus-99" }, /^warning WORKER_MODEL: "claude-opus-99" has no price/],
  [{ TASK_BUDGET_USD: "60" }, /^warning TASK_BUDGET_USD: 60 is more than EPIC_BUDGET_USD, 50/],
  [
    { MEMORY_BUDGET_BYTES: "9000000000000000" },
    /^warning MEMORY_BUDGET_BYTES: .* it limits nothing$/,
  ],
])("%o starts, and the doctor and the log say what is doubtful (O5)", async (environment, line) => {
  expect(await doubtsOf(environment)).toEqual([expect.stringMatching(line)]);
  expect(await refusalOf(environment)).toBe("none");
});

test("the web process does not care what only a host needs (O5)", async () => {
  expect(await refusalOf({ ROOTFS: "/nope", BROKER_SOCKET: "/nope/s" }, false)).toBe("none");
});

test("ids of cells are nobody else's: users refuse them, lent ranges are doubtful (S5, O5)", () => {
  const cells = { CELL_UID_BASE: 100_000, CELL_UID_COUNT: 100 };
  const [ana, lent] = ["ana:x:100050:100::/home/ana:/bin/sh", "ana:100099:65536"];

  expect(usersAmong(cells, [ana], [])).toMatchObject([
    { state: "error", says: expect.stringContaining("ana (100050) is among them") },
  ]);
  expect(usersAmong(cells, ["root:x:0:0::/:/bin/sh"], [lent])).toMatchObject([
    { state: "warning" },
  ]);
  expect(usersAmong({ ...cells, CELL_UID_COUNT: 0 }, [ana], [lent])).toEqual([]);
});

test("a folder that can be made counts as there (O5)", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "b"));

  expect(
    await refusalOf({
      DATA_DIR: join(folder, "data/deeper"),
      RUNTIME_DIR: join(folder, "run"),
      BROKER_SOCKET: join(folder, "b/control.sock"),
    }),
  ).toBe("none");
});
