import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { git } from "../../support/github-world.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../../src/local/github/main.ts", import.meta.url));

type Ended = { readonly code: number | null; readonly stderr: string; readonly stdout: string };

function run(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

async function serve(
  ...args: readonly string[]
): Promise<{ readonly child: ChildProcess; readonly printed: Readonly<Record<string, string>> }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += String(chunk);
  });
  await awaitFact(
    "the last line is printed",
    () => text,
    (seen) => seen.includes("GHE_PROTOCOL"),
  );
  const pairs = [...text.matchAll(/^([A-Z_]+)=(.*)$/gmu)];
  return { child, printed: Object.fromEntries(pairs.map(([, name, value]) => [name, value])) };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function repositoryIn(folder: string): Promise<string> {
  await git(folder, "init", "-q", "-b", "main", "shop");
  await git(join(folder, "shop"), "commit", "-q", "--allow-empty", "-m", "Begin");
  return join(folder, "shop");
}

test("alone, it prints the lines that point the product at it, and keeps secrets in files (T1, D1)", async () => {
  const folder = temporaryFolder();
  const repo = await repositoryIn(folder);
  const { child, printed } = await serve(
    "--port",
    "0",
    "--repo",
    repo,
    "--data",
    join(folder, "d"),
  );
  try {
    expect(Object.keys(printed)).toEqual([
      "APP_ID",
      "PRIVATE_KEY_FILE",
      "WEBHOOK_SECRET_FILE",
      "GHE_HOST",
      "GHE_PROTOCOL",
    ]);
    const keyFile = printed.PRIVATE_KEY_FILE ?? "";
    expect(readFileSync(keyFile, "utf8")).toContain("PRIVATE KEY");
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const token = readFileSync(join(folder, "d", "person-token"), "utf8");
    const octokit = new Octokit({ baseUrl: `http://${printed.GHE_HOST}/api/v3`, auth: token });
    const { data } = await octokit.repos.get({ owner: "acme", repo: "shop" });
    expect(data.permissions?.admin).toBe(true);
  } finally {
    await stop(child, "SIGTERM");
  }
  expect(child.exitCode).toBe(0);
});

test("killed in the middle, it goes on with the same data at the same port (T1, R9)", async () => {
  const folder = temporaryFolder();
  const repo = await repositoryIn(folder);
  const arrived: string[] = [];
  const hooks = createServer((request, response) => {
    arrived.push(String(request.headers["x-github-event"]));
    response.end();
  }).listen(0, "127.0.0.1");
  await once(hooks, "listening");
  // A server listening on TCP has an AddressInfo.
  const hookPort = (hooks.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${hookPort}/hooks`;
  const common = ["--repo", repo, "--data", join(folder, "d"), "--webhook-url", url];
  const first = await serve("--port", "0", ...common);
  const port = first.printed.GHE_HOST?.split(":")[1] ?? "";
  const token = readFileSync(join(folder, "d", "person-token"), "utf8");
  const at = { owner: "acme", repo: "shop" };
  const octokit = new Octokit({ baseUrl: `http://127.0.0.1:${port}`, auth: token });
  const { data: issue } = await octokit.issues.create({ ...at, title: "Kept" });
  const clone = join(folder, "clone");
  await git(folder, "clone", "-q", `http://x:${token}@127.0.0.1:${port}/acme/shop.git`, clone);
  await git(clone, "commit", "-q", "--allow-empty", "-m", "More");
  await git(clone, "push", "-q", "origin", "main");
  await stop(first.child, "SIGKILL");
  // A ref that git moved in the instant before the kill is still to be announced.
  const [bare] = await gitFolders(join(folder, "d"));
  await git(folder, "--git-dir", bare ?? "", "update-ref", "refs/heads/late", "main");

  arrived.length = 0;
  const second = await serve("--port", port, ...common);

  try {
    const { data } = await octokit.issues.get({ ...at, issue_number: issue.number });
    expect(data.title).toBe("Kept");
    const { data: late } = await octokit.git.getRef({ ...at, ref: "heads/late" });
    expect(late.object.sha).toBe(await git(clone, "rev-parse", "HEAD"));
    await awaitFact(
      "the late branch is told",
      () => arrived,
      (seen) => seen.includes("push"),
    );
    expect(arrived).toContain("create");
  } finally {
    await stop(second.child, "SIGTERM");
    hooks.close();
  }
});

async function gitFolders(dataDir: string): Promise<readonly string[]> {
  const names = await readdir(join(dataDir, "repositories"));
  return names.map((name) => join(dataDir, "repositories", name));
}

test.each([
  [
    "a folder without commits",
    ["--port", "0", "--repo", "."],
    /no git repository with at least one commit/u,
    1,
  ],
  ["no port", [], /--port needs a number/u, 2],
  ["an option nobody knows", ["--port", "0", "--bogus"], /--bogus/u, 2],
])("%s is told in one line, with its exit status (T1, D1)", async (_, args, expected, status) => {
  const folder = temporaryFolder();
  const given = args.map((arg) => (arg === "." ? folder : arg));

  const { code, stderr, stdout } = await run("--data", join(folder, "d"), ...given);

  expect([code, stdout]).toEqual([status, ""]);
  expect(stderr).toMatch(expected);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("a taken port is told in one line, with exit status 1 (T1, D1)", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  // A server listening on TCP has an AddressInfo.
  const { port } = holder.address() as AddressInfo;
  const { code, stderr } = await run(
    "--data",
    join(temporaryFolder(), "d"),
    "--port",
    String(port),
  );
  holder.close();

  expect(code).toBe(1);
  expect(stderr).toBe(`local GitHub: port ${port} is taken; choose another with --port\n`);
});

test("--help explains every option (T1, D1)", async () => {
  const { code, stdout } = await run("--help");

  expect(code).toBe(0);
  for (const option of ["--port", "--repo", "--data", "--webhook-url", "--record", "--limits"]) {
    expect(stdout).toContain(option);
  }
});
