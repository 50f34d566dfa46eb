// Programs given something wrong: one clear line, an exit code that says so, nothing left running.
import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { shortId } from "../../src/lib/ids.ts";
import { snapshotOf } from "../support/leftovers.ts";
import { createDatabase, createRedis } from "../support/servers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");
const script = join(root, "src/local/demo/script.yml");
const limitMs = 25_000;

type End = {
  readonly code: number | null;
  readonly out: string;
  readonly lines: readonly string[];
};

/** Runs one of our programs to its end, with nothing of this process's environment. */
async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<End> {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...env },
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, out, lines: err.trimEnd().split("\n") };
}

/** Runs the demo on a folder of its own, where it must leave nothing that runs. */
async function runDemo(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<End> {
  const data = join(temporaryFolder(), `demo-${shortId(8)}`);
  const end = await run("src/local/demo/main.ts", ["--json", "--data", data, ...args], env);
  expect(snapshotOf(data)).toEqual([]);
  return end;
}

/** Servers that are there already, where those the demo would start prove nothing. */
async function servers(): Promise<Readonly<Record<string, string>>> {
  return { DATABASE_URL: await createDatabase(), REDIS_URL: await createRedis() };
}

/** A port that somebody else has. */
async function takenPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return String(typeof address === "object" && address ? address.port : 0);
}

test("a mistake in an epic's script is told with its line and key, and ends the demo (D1)", async () => {
  const wrong = join(temporaryFolder(), "wrong.yml");
  writeFileSync(wrong, readFileSync(script, "utf8").replace("- tool: epic_plan_done", "- tol: x"));

  const { code, lines } = await runDemo(["--script", wrong]);

  expect(code).toBe(2);
  expect(lines.join("\n")).toMatch(
    /wrong\.yml:\d+: roles\.supervisor\.turns\[1\]\S+tol: is not a known key/,
  );
  expect(lines.join("\n")).not.toMatch(/^\s+at /m);
});

test("a database that cannot be reached is told in one line without its password (D1, S8)", async () => {
  const url = "postgres://factory:hidden-word@127.0.0.1:1/factory";

  const { code, lines } = await runDemo([], { DATABASE_URL: url });

  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^DATABASE_URL .* does not answer: .*ECONNREFUSED/),
  ]);
  expect(lines[0]).not.toContain("hidden-word");
});

test("a repository without commits is told in one line (D1)", async () => {
  const empty = temporaryFolder();
  execFileSync("git", ["init", "-q", "-b", "main", empty]);

  const { code, lines } = await runDemo(["--repo", empty, "--script", script], await servers());

  expect(code).toBe(2);
  expect(lines).toEqual([`--repo ${empty}: is no git repository with commits on a branch`]);
});

test("a tool that is missing is named in one line (D1)", async () => {
  const bin = join(temporaryFolder(), "bin");
  mkdirSync(bin);
  for (const tool of ["node", "sh", "env", "tmux", "bwrap", "redis-server", "useradd", "id"])
    link(bin, tool);

  const { code, lines } = await runDemo([], { PATH: bin, ...(await servers()) });

  expect(code).toBe(1);
  expect(lines).toEqual([
    "git is not installed or not on PATH; `npm run demo` sets up what is missing",
  ]);
});

test.each([
  ["src/local/github/main.ts", []],
  ["src/local/model/main.ts", ["--script", script]],
])("%s names a port that is taken in one line (D1)", async (program, more) => {
  const port = await takenPort();

  const { code, lines } = await run(program, ["--port", port, ...more]);

  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringContaining(`port ${port}`)]);
});

test("the product names a port that is taken in one line, though it has no App yet (D1)", async () => {
  const port = await takenPort();

  const { code, lines } = await run("src/main.ts", [], { PORT: port, HOST: "127.0.0.1" });

  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(`^PORT: 127.0.0.1:${port} cannot be listened on`)]);
});

test("the product names an address that is not this machine's by its own variable (D1, O5)", async () => {
  const { code, lines } = await run("src/main.ts", [], { PORT: "0", HOST: "192.0.2.1" });

  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^HOST: 192\.0\.2\.1:0 cannot be listened on/)]);
});

test("the product tells where its database does not answer, without the password (D1, S8)", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { code, lines } = await run("src/main.ts", [], {
    APP_ID: "1",
    PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    WEBHOOK_SECRET: "s",
    REDIS_URL: "redis://127.0.0.1:1",
    ANTHROPIC_API_KEY: "k",
    DATABASE_URL: "postgres://me:hidden-word@127.0.0.1:1/factory",
  });

  expect(code).toBe(1);
  expect(lines).toEqual([
    "DATABASE_URL: PostgreSQL at 127.0.0.1:1, factory, cannot be used (connect ECONNREFUSED 127.0.0.1:1); start it, or correct DATABASE_URL",
  ]);
});

test.each([
  "src/main.ts",
  "workers/main.ts",
  "src/dev.ts",
  "src/doctor.ts",
  "src/local/embedded/dev.ts",
  "src/local/demo/main.ts",
  "bench/main.ts",
])(
  "%s tells its usage, and a mistake on its command line in one line with code 2 (D1, O5)",
  async (program) => {
    const [help, mistake] = await Promise.all([run(program, ["--help"]), run(program, ["--nope"])]);

    expect(help).toMatchObject({ code: 0, lines: [""] });
    expect(help.out).toMatch(/^Usage: /);
    expect(mistake.code).toBe(2);
    expect(mistake.lines).toEqual([expect.stringMatching(/--nope.*see --help/)]);
  },
);

test("all mistakes of a configuration are told at once, by name (D1)", async () => {
  const { code, lines, out } = await run("src/main.ts", [], {
    APP_ID: "not-a-number",
    PRIVATE_KEY: "hidden-word",
    PORT: "99999999",
    LOG_LEVEL: "loud",
  });

  expect(code).toBe(1);
  expect(lines.map((line) => line.split(":")[0])).toEqual(["APP_ID", "PORT", "LOG_LEVEL"]);
  expect(lines.join("\n") + out).not.toContain("hidden-word");
});

test("all that is missing is told at once, by name (D1)", async () => {
  const { code, lines } = await run("src/main.ts", [], { APP_ID: "1", PRIVATE_KEY: "hidden-word" });

  expect(code).toBe(1);
  expect(lines.map((line) => line.split(":")[0])).toEqual(
    expect.arrayContaining(["WEBHOOK_SECRET", "DATABASE_URL", "REDIS_URL"]),
  );
});

function link(bin: string, tool: string): void {
  const folders = [dirname(process.execPath), "/usr/bin", "/usr/sbin", "/bin", "/sbin"];
  const target = execFileSync("sh", ["-c", 'command -v "$0"', tool], {
    encoding: "utf8",
    env: { PATH: folders.join(":") },
  });
  symlinkSync(target.trim(), join(bin, tool));
}
