// Git's own smart HTTP program behind our server: credentials, scope and rules are judged before it.

import { spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LIMITS_VARIABLE } from "./pre-receive.ts";
import type { PushLimits } from "./push-rules.ts";
import { gitEnvironment } from "./run-git.ts";

/** One request of a git client. */
export type GitRequest = {
  readonly gitDir: string;
  readonly hooksDir: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly service: string;
  readonly method: string;
  readonly queryString: string;
  readonly headers: Headers;
  readonly body: Readable | null;
  readonly limits: PushLimits;
};

/** What git answers: status and headers at once, the body while it is made. */
export type GitAnswer = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
  /** Settles when git has ended. */
  readonly done: Promise<void>;
};

/** Hands a request to `git http-backend`. @throws Error when git ends without an answer */
export async function serveGit(request: GitRequest): Promise<GitAnswer> {
  const child = spawn("git", ["http-backend"], {
    env: gitEnvironment(backendVariables(request)),
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A git that cannot be started has no output to begin with: `readHead` says so.
  const done = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  child.stderr.resume();
  child.stdin.on("error", () => {
    // Git may answer before it has read all; its answer says why.
  });
  if (request.body === null) child.stdin.end();
  else void pipeline(request.body, child.stdin).catch(() => child.kill());
  const { status, headers } = await readHead(child.stdout);
  return { status, headers, body: child.stdout, done };
}

function backendVariables(request: GitRequest): Record<string, string> {
  const { headers } = request;
  const optional = {
    CONTENT_TYPE: headers.get("content-type"),
    CONTENT_LENGTH: headers.get("content-length"),
    HTTP_CONTENT_ENCODING: headers.get("content-encoding"),
    GIT_PROTOCOL: headers.get("git-protocol"),
  };
  const given = Object.entries(optional).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(given),
    GIT_PROJECT_ROOT: dirname(request.gitDir),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${request.gitDir.split("/").at(-1) ?? ""}/${request.service}`,
    QUERY_STRING: request.queryString,
    REQUEST_METHOD: request.method,
    REMOTE_USER: "caller",
    REMOTE_ADDR: "127.0.0.1",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.hooksPath",
    GIT_CONFIG_VALUE_0: request.hooksDir,
    [LIMITS_VARIABLE]: JSON.stringify(request.limits),
  };
}

function readHead(
  stdout: Readable,
): Promise<{ readonly status: number; readonly headers: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      stdout.off("data", onData);
      stdout.pause();
      const rest = head.subarray(end + 4);
      if (rest.length > 0) stdout.unshift(rest);
      resolve(parseHead(head.subarray(0, end).toString("latin1")));
    };
    stdout.on("data", onData);
    stdout.once("end", () => reject(new Error("git http-backend ended without an answer")));
  });
}

function parseHead(text: string): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split("\r\n")) {
    const [name = "", value = ""] = line.split(/:\s*(.*)/su);
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers[name.toLowerCase()] = value;
  }
  return { status, headers };
}
