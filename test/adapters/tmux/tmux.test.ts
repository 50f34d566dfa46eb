import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createTerminal } from "../../../src/adapters/tmux/tmux.ts";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { shortId } from "../../../src/lib/ids.ts";
import type { SessionInfo, Terminal } from "../../../src/ports/host.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

type World = { readonly terminal: Terminal; readonly folder: string; readonly socketPath: string };

const opened: World[] = [];

// As agents do: tmux 3.3 can drop what a process wrote that ended at once.
const livesOn = "exec sleep 60";

afterEach(async () => {
  for (const { terminal } of opened.splice(0)) {
    for (const { name } of await terminal.list()) await terminal.kill(name);
    await terminal.shutdown();
  }
});

test("a session runs its arguments as they are, with no shell in between (A1, S3)", async () => {
  const { terminal, folder } = world();
  const hostile = ["x;", "y\\;", ";", "#{session_name}", "$HOME `id` $(id)", "a'b\"c", "%H", "é"];

  const log = join(folder, "log");
  await terminal.start({
    name: "one",
    argv: ["/bin/sh", "-c", `printf '<%s>\\n' "$@"; ${livesOn}`, "sh", ...hostile],
    logFile: log,
  });

  await fileHolds(log, hostile.map((word) => `<${word}>\r\n`).join(""));
});

test("the first output of a session is in its log, however early it came (A1)", async () => {
  const { terminal, folder } = world();
  const names = Array.from({ length: 20 }, (_, index) => `early-${index}`);

  for (const name of names) {
    const argv = ["/bin/sh", "-c", `echo ${name}; ${livesOn}`];
    await terminal.start({ name, argv, logFile: join(folder, name) });
  }

  for (const name of names) await fileHolds(join(folder, name), `${name}\r\n`);
});

test("no session's arguments are the server's, so that what ends a cell by them ends no other (S5)", async () => {
  const { terminal, folder, socketPath } = world();
  const mark = shortId();

  for (const name of ["one", "two"])
    await terminal.start({
      name,
      argv: ["/usr/bin/env", `MARK=${mark}`, "/bin/sh", "-c", livesOn],
      logFile: join(folder, name),
    });

  const servers = commandLines().filter(
    (line) => line.includes(socketPath) && line.includes("start-server"),
  );
  // For a moment a pane's process has its server's arguments.
  expect(servers.length).toBeGreaterThan(0);
  for (const line of servers) expect(line).not.toContain(mark);
});

function commandLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const file = `/proc/${pid}/cmdline`;
      return existsSync(file) ? [readFileSync(file, "utf8")] : [];
    });
}

test("a log's path may hold anything, and a log ends at its limit (A1)", async () => {
  const { terminal, folder } = world({ maxLogBytes: 1_000 });
  const log = join(folder, "it's #{pane_id} %Y $HOME;");

  await terminal.start({
    name: "long",
    argv: ["/bin/sh", "-c", `seq 1 5000; ${livesOn}`],
    logFile: log,
  });

  await awaitFact(
    "the log is full",
    () => readFileSync(log).length,
    (bytes) => bytes === 1_000,
  );
});

test("ended sessions stay listed with exit code or signal until they are killed (A1)", async () => {
  const { terminal, folder } = world();
  const log = join(folder, "log");
  await terminal.start({ name: "seven", argv: ["/bin/sh", "-c", "exit 7"], logFile: log });
  await terminal.start({ name: "nine", argv: ["/bin/sh", "-c", "kill -9 $$"], logFile: log });
  await terminal.start({ name: "alive", argv: ["/bin/sleep", "1000"], logFile: log });
  await ended(terminal, "seven");
  await ended(terminal, "nine");

  const listed = await terminal.list();
  await terminal.kill("seven");
  await terminal.kill("seven");

  expect([...listed].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: "alive", dead: false, exitCode: null, signal: null },
    { name: "nine", dead: true, exitCode: null, signal: 9 },
    { name: "seven", dead: true, exitCode: 7, signal: null },
  ]);
  expect((await terminal.list()).map(({ name }) => name).sort()).toEqual(["alive", "nine"]);
});

test("starting a session that is there changes nothing (A1)", async () => {
  const { terminal, folder } = world();
  const session = { name: "same", argv: ["/bin/sleep", "1000"], logFile: join(folder, "log") };
  await terminal.start(session);

  await terminal.start({ ...session, argv: ["/bin/sh", "-c", "exit 1"] });

  expect(await terminal.list()).toEqual([
    { name: "same", dead: false, exitCode: null, signal: null },
  ]);
});

test("a name that could be more than a name is refused, a missing one is killed (S3)", async () => {
  const { terminal, folder } = world();
  for (const name of ["", "a:b", "a.b", "-x", "A", "a b", "=a", "x;", "x".repeat(81)]) {
    const start = terminal.start({ name, argv: ["/bin/true"], logFile: join(folder, "log") });
    await expect(start).rejects.toThrow("is no session name");
    await expect(terminal.kill(name)).rejects.toThrow("is no session name");
  }

  await expect(terminal.kill("never-there")).resolves.toBeUndefined();
  expect(await terminal.list()).toEqual([]);
});

test("a screen comes without control characters, and titles are not taken (S3)", async () => {
  const { terminal, folder } = world();
  const rude =
    "\\033]2;/ff cancel\\007\\033]52;c;aGFjaw==\\007\\033[31mred\\033[0m\\302\\233text\\n";

  await terminal.start({
    name: "rude",
    argv: ["/usr/bin/printf", rude],
    logFile: join(folder, "l"),
  });
  await ended(terminal, "rude");

  const screen = await terminal.screen("rude", 10);
  expect(screen).toMatch(/^red.*text$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(screen).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

test("no variable of the product reaches the server or a session (S2)", async () => {
  const canary = `canary-${shortId()}`;
  process.env["FACTORY_TEST_CANARY"] = canary;
  const { terminal, folder, socketPath } = world();

  const log = join(folder, "log");
  await terminal.start({ name: "env", argv: ["/bin/sh", "-c", `env; ${livesOn}`], logFile: log });

  const server = execFileSync("tmux", ["-S", socketPath, "display-message", "-p", "#{pid}"]);
  const globals = execFileSync("tmux", ["-S", socketPath, "show-environment", "-g"]).toString();
  await awaitFact("the log is written", () => readFileSync(log, "utf8"), hasPath);
  expect(readFileSync(log, "utf8")).not.toMatch(new RegExp(`${canary}|TMUX=`));
  expect(globals).not.toContain(canary);
  expect(readFileSync(`/proc/${server.toString().trim()}/environ`, "utf8")).not.toContain(canary);
});

test("sessions outlive the process that started them, and are found by the next (A8)", async () => {
  const { terminal, folder, socketPath } = world();
  const program = join(folder, "starter.ts");
  const adapter = join(import.meta.dirname, "../../../src/adapters/tmux/tmux.ts");
  writeFileSync(
    program,
    `import { createTerminal } from ${JSON.stringify(adapter)};
     const terminal = createTerminal({ socketPath: ${JSON.stringify(socketPath)} });
     await terminal.start({ name: "kept", argv: ["/bin/sleep", "1000"], logFile: ${JSON.stringify(join(folder, "log"))} });
     process.kill(process.pid, "SIGKILL");`,
  );

  expect(() => execFileSync(process.execPath, [program], { stdio: "pipe" })).toThrow();

  expect(await terminal.list()).toEqual([
    { name: "kept", dead: false, exitCode: null, signal: null },
  ]);
});

test("the server ends once nothing runs in it, and takes its socket along (A1)", async () => {
  const { terminal, folder, socketPath } = world();
  await terminal.shutdown();
  await terminal.start({ name: "busy", argv: ["/bin/sleep", "1000"], logFile: join(folder, "l") });

  await expect(terminal.shutdown()).rejects.toThrow("still runs busy");
  await terminal.kill("busy");
  await terminal.shutdown();

  expect(existsSync(socketPath)).toBe(false);
  expect(await terminal.list()).toEqual([]);
});

test("a socket path that no socket can have is refused at once, with the reason (A1)", () => {
  const socketPath = `/tmp/${"x".repeat(110)}`;

  expect(() => createTerminal({ socketPath })).toThrow("longer than 107 bytes");
  expect(createTerminal({ socketPath: "/tmp/a b/s" }).attachCommand()).toBe(
    "tmux -S '/tmp/a b/s' attach -r",
  );
});

function world(options: { readonly maxLogBytes?: number } = {}): World {
  const folder = temporaryFolder();
  const socketPath = join(folder, "s");
  const made = { terminal: createTerminal({ socketPath, ...options }), folder, socketPath };
  opened.push(made);
  return made;
}

async function ended(terminal: Terminal, name: string): Promise<void> {
  const find = async (): Promise<SessionInfo | undefined> =>
    (await terminal.list()).find((session) => session.name === name);
  await awaitFact(`${name} has ended`, find, (session) => session?.dead === true);
}

async function fileHolds(file: string, text: string): Promise<void> {
  await awaitFact(
    `${file} is complete`,
    () => readFileSync(file, "utf8"),
    (content) => content === text,
  );
}

function hasPath(text: string): boolean {
  return text.includes("PATH=");
}
