import { chmodSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LOCAL_TOOLS } from "../../src/harness/local-tools.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const LIMITS = { toolTimeoutMs: 5_000, toolOutputBytes: 2_000 };

test("a command's output comes back, and its failure as an error with the exit code (A4)", async () => {
  const worktree = temporaryFolder();

  expect(await call(worktree, "shell", { command: "pwd; echo err >&2" })).toEqual({
    content: `${worktree}\nerr`,
    isError: false,
  });
  expect(await call(worktree, "shell", { command: "echo no; exit 3" })).toEqual({
    content: "no\n[exit code 3]",
    isError: true,
  });
  expect(await call(worktree, "shell", { command: "kill -9 $$" })).toEqual({
    content: "[killed by SIGKILL]",
    isError: true,
  });
});

test("a command at its limit is killed with what it started, and long output is cut (A10)", async () => {
  const worktree = temporaryFolder();
  const mark = `5${Date.now()}`;

  const hung = await call(worktree, "shell", {
    command: `echo begun; sleep ${mark} & sleep ${mark}`,
    timeoutMs: 300,
  });
  const left = await call(worktree, "shell", { command: `sleep ${mark} & echo over` });
  const long = await call(worktree, "shell", { command: "seq 100000" });

  expect(hung).toEqual({ content: "begun\n[killed after 300 ms]", isError: true });
  expect(left).toEqual({ content: "over", isError: false });
  expect(long.content).toMatch(/^1\n2\n[\s\S]*… \d+ bytes cut …[\s\S]*100000$/);
  await awaitFact(
    "no process of the commands is left",
    () => commandLines(mark),
    (lines) => lines.length === 0,
  );
});

test("a server that a command left in a session of its own keeps no call waiting (A10)", async () => {
  const worktree = temporaryFolder();
  const mark = `6${Date.now()}`;
  const startedMs = Date.now();

  const left = await call(worktree, "shell", { command: `setsid sleep ${mark} & echo over` });
  for (const { pid } of processesOf(mark)) process.kill(pid);

  expect(left).toEqual({ content: "over", isError: false });
  expect(Date.now() - startedMs).toBeLessThan(LIMITS.toolTimeoutMs);
});

test("a file is read with line numbers, piece by piece (A4)", async () => {
  const worktree = temporaryFolder();
  writeFileSync(join(worktree, "a.txt"), "one\ntwo\nthree\n");
  writeFileSync(join(worktree, "empty"), "");
  writeFileSync(join(worktree, "long"), `${"x".repeat(900)}\n`.repeat(9));

  expect((await call(worktree, "read_file", { path: "a.txt" })).content).toBe(
    "    1\tone\n    2\ttwo\n    3\tthree",
  );
  expect((await call(worktree, "read_file", { path: "a.txt", offset: 2, limit: 1 })).content).toBe(
    "    2\ttwo\n… 1 more lines; go on with offset 3",
  );
  expect((await call(worktree, "read_file", { path: "empty" })).content).toBe("empty is empty");
  expect((await call(worktree, "read_file", { path: "long" })).content).toMatch(
    /7 more lines; go on with offset 3$/,
  );
});

test("files are written with their folders, and edited where the old text is unique (A4)", async () => {
  const worktree = temporaryFolder();

  await call(worktree, "write_file", { path: "src/new/a.txt", content: "one two one $& two\n" });
  const once = await call(worktree, "edit_file", {
    path: "src/new/a.txt",
    old: "$&",
    new: "$1 `three`",
  });
  const all = await call(worktree, "edit_file", {
    path: join(worktree, "src/new/a.txt"),
    old: "one",
    new: "four",
    all: true,
  });

  expect([once, all].map(({ content }) => content)).toEqual([
    "changed 1 place",
    "changed 2 places",
  ]);
  expect(readFileSync(join(worktree, "src/new/a.txt"), "utf8")).toBe(
    "four two four $1 `three` two\n",
  );
});

test("a search finds lines with path and number, and leaves git and packages out (A4)", async () => {
  const worktree = temporaryFolder();
  for (const path of ["src/a.ts", "src/b.md", "node_modules/p/a.ts", "-e"]) {
    await call(worktree, "write_file", { path, content: `first\nneedle in ${path}\n` });
  }
  writeFileSync(join(worktree, ".git"), "needle");

  const all = await call(worktree, "search", { pattern: "needl(e|y)" });
  const some = await call(worktree, "search", { pattern: "needle", path: "src", glob: "*.ts" });

  expect(all.content.split("\n").sort()).toEqual([
    "./-e:2:needle in -e",
    "./src/a.ts:2:needle in src/a.ts",
    "./src/b.md:2:needle in src/b.md",
  ]);
  expect(some.content).toBe("src/a.ts:2:needle in src/a.ts");
  expect((await call(worktree, "search", { pattern: "nowhere" })).content).toBe("nothing found");
  expect((await call(worktree, "search", { pattern: "(" })).isError).toBe(true);
});

test.each([
  ["read_file", { path: "missing" }, "missing does not exist"],
  ["read_file", { path: "folder" }, "folder is no regular file"],
  ["read_file", { path: "binary" }, "binary is a binary file of 3 bytes"],
  ["read_file", { path: "a.txt", offset: 9 }, "a.txt has 2 lines"],
  ["read_file", { path: "a.txt", limit: 0 }, '"limit" must be a whole number from 1'],
  ["read_file", {}, '"path" is missing; it must be a string'],
  ["read_file", null, "the input is no object"],
  ["read_file", { path: "../a" }, "../a is outside the work tree"],
  ["read_file", { path: "/etc/passwd" }, "/etc/passwd is outside the work tree"],
  ["read_file", { path: "away/passwd" }, "away/passwd is outside the work tree"],
  ["write_file", { path: "away/new", content: "" }, "away/new is outside the work tree"],
  ["write_file", { path: ".git", content: "" }, ".git belongs to git"],
  ["write_file", { path: "a\0b", content: "" }, "a path holds no NUL"],
  ["edit_file", { path: "a.txt", old: "zwei", new: "" }, "a.txt does not hold the old text"],
  ["edit_file", { path: "a.txt", old: "o", new: "" }, "a.txt holds the old text 2 times"],
  ["edit_file", { path: "a.txt", old: "", new: "" }, '"old" is empty'],
  ["edit_file", { path: "a.txt", old: "o", new: "", all: 1 }, '"all" must be true or false'],
] as const)("%s of %j is answered with what is wrong (A4)", async (tool, input, complaint) => {
  const worktree = temporaryFolder();
  writeFileSync(join(worktree, "a.txt"), "one\ntwo\n");
  writeFileSync(join(worktree, "binary"), Buffer.from([1, 0, 2]));
  await call(worktree, "write_file", { path: "folder/x", content: "" });
  symlinkSync("/etc", join(worktree, "away"));

  await expect(call(worktree, tool, input)).rejects.toThrow(complaint);
});

test("tools describe themselves to the model with their input's schema (A4)", () => {
  for (const tool of LOCAL_TOOLS) {
    expect(tool.summary.length).toBeGreaterThan(40);
    expect(tool.inputSchema.required.every((name) => name in tool.inputSchema.properties)).toBe(
      true,
    );
  }
});

test("a script of the repository keeps its mode when it is edited (A4)", async () => {
  const worktree = temporaryFolder();
  await call(worktree, "write_file", { path: "run", content: "#!/bin/sh\necho one\n" });
  chmodSync(join(worktree, "run"), 0o755);

  await call(worktree, "edit_file", { path: "run", old: "one", new: "two" });

  expect((await call(worktree, "shell", { command: "./run" })).content).toBe("two");
});

function call(worktree: string, name: string, input: unknown) {
  const tool = LOCAL_TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool.run(input, { worktree, ...LIMITS });
}

function commandLines(mark: string): readonly string[] {
  return processesOf(mark).map(({ line }) => line);
}

function processesOf(mark: string): readonly { readonly pid: number; readonly line: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), line: readIfThere(`/proc/${pid}/cmdline`) }))
    .filter(({ line }) => line.includes(mark));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // The process ended between the two looks.
  }
}
