// A real git remote over http for tests of the git adapter: `git http-backend` behind Node's server.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export type GitHttp = {
  readonly url: string;
  /** The bare repository on disk. */
  readonly repository: string;
  /** Tokens that are let in. */
  readonly tokens: Set<string>;
  /** Asked before each request; a status or a redirection is sent instead of git's answer, silence never ends. */
  answer: (request: IncomingMessage) => number | { readonly location: string } | "silence" | null;
  /** Called when git's answer is complete, before its end reaches the client; true drops the connection. */
  dropsReply: (request: IncomingMessage) => boolean;
  readonly requests: string[];
  /** Runs git in the repository, as somebody who owns the server. */
  git(args: readonly string[], input?: string): string;
  close(): Promise<void>;
};

export async function serveGit(root: string): Promise<GitHttp> {
  const repository = join(root, "shop.git");
  const git = (args: readonly string[], input = ""): string =>
    execFileSync("git", ["--git-dir", repository, ...args], {
      encoding: "utf8",
      input,
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH, ...author },
    }).trim();
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", repository]);
  git(["config", "http.receivepack", "true"]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const remote: GitHttp = {
    url: `http://127.0.0.1:${port}/shop.git`,
    repository,
    tokens: new Set(["good-token-1"]),
    answer: () => null,
    dropsReply: () => false,
    requests: [],
    git,
    close: () => close(server),
  };
  server.on("request", (request, response) => handle(root, remote, request, response));
  return remote;
}

const author = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "@1700000000 +0000",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "@1700000000 +0000",
};

/** A file of a tree for `commit`: text, or its mode with the text or object name. */
export type Entry =
  | string
  | { readonly mode: string; readonly text?: string; readonly sha?: string };

/** Writes a commit into any repository by git's own plumbing, without a working copy. */
export function commit(
  git: GitHttp["git"],
  files: Readonly<Record<string, Entry>>,
  parents: readonly string[] = [],
): string {
  const args = parents.flatMap((parent) => ["-p", parent]);
  return git(["commit-tree", ...args, "-m", "change", tree(git, files)]);
}

/** Writes a tree; names may be what no index would take. */
export function tree(git: GitHttp["git"], files: Readonly<Record<string, Entry>>): string {
  const folders = new Map<string, Record<string, Entry>>();
  const lines: string[] = [];
  for (const [path, entry] of Object.entries(files)) {
    const slash = path.indexOf("/");
    if (slash === -1) {
      lines.push(line(git, path, entry));
    } else {
      const folder = path.slice(0, slash);
      folders.set(folder, { ...folders.get(folder), [path.slice(slash + 1)]: entry });
    }
  }
  for (const [name, inside] of folders) lines.push(`040000 tree ${tree(git, inside)}\t${name}`);
  return git(["mktree", "-z", "--missing"], lines.map((each) => `${each}\0`).join(""));
}

function line(git: GitHttp["git"], name: string, entry: Entry): string {
  const {
    mode,
    text = "",
    sha,
  } = typeof entry === "string" ? { mode: "100644", text: entry, sha: undefined } : entry;
  const type = mode === "160000" ? "commit" : "blob";
  return `${mode} ${type} ${sha ?? git(["hash-object", "-w", "--stdin"], text)}\t${name}`;
}

/** A tree whatever its names and modes are: written as bytes, without git's own care. */
export function rawTree(remote: GitHttp, files: Readonly<Record<string, Entry>>): string {
  const entries = Object.entries(files).map(([path, entry]) => {
    const [first = "", ...rest] = path.split("/");
    if (rest.length > 0) {
      return treeLine("40000", first, rawTree(remote, { [rest.join("/")]: entry }));
    }
    const {
      mode,
      text = "",
      sha,
    } = typeof entry === "string" ? { mode: "100644", text: entry } : entry;
    return treeLine(mode, first, sha ?? remote.git(["hash-object", "-w", "--stdin"], text));
  });
  return execFileSync(
    "git",
    ["--git-dir", remote.repository, "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
    { input: Buffer.concat(entries), encoding: "utf8" },
  ).trim();
}

function treeLine(mode: string, name: string, sha: string): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, "hex")]);
}

/** Installs a hook into the served repository. */
export function installHook(remote: GitHttp, name: string, script: string): void {
  const folder = join(remote.repository, "hooks");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function handle(
  root: string,
  remote: GitHttp,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  remote.requests.push(`${request.method} ${request.url}`);
  const status = remote.answer(request) ?? (isLetIn(remote, request) ? null : 401);
  if (status === "silence") return;
  if (status === null) {
    serve(root, remote, request, response);
    return;
  }
  if (typeof status === "object") response.writeHead(302, { location: status.location }).end();
  else response.writeHead(status, { "www-authenticate": 'Basic realm="git"' }).end();
}

function isLetIn({ tokens }: GitHttp, request: IncomingMessage): boolean {
  const given = request.headers.authorization ?? "";
  return [...tokens].some(
    (token) => given === `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
  );
}

function serve(
  root: string,
  remote: GitHttp,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "/", remote.url);
  const { headers } = request;
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      REMOTE_USER: "app",
      REQUEST_METHOD: request.method ?? "GET",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: headers["content-type"] ?? "",
      ...(headers["content-length"] === undefined
        ? {}
        : { CONTENT_LENGTH: headers["content-length"] }),
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.once("close", () => {
    if (remote.dropsReply(request)) response.destroy();
    else reply(response, Buffer.concat(chunks));
  });
}

function reply(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf("\r\n\r\n");
  let status = 200;
  for (const header of output.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = header.split(": ");
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else if (name !== "") response.setHeader(name, value);
  }
  response.writeHead(status).end(output.subarray(end + 4));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
