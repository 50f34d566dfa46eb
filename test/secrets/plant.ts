import { execFile, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repositories } from "./host-places.ts";
import type { DemoFolders } from "./places.ts";
import { plantOnGitHub } from "./plant-on-github.ts";
import { plantedText } from "./planted.ts";
import { onDatabase, onRedis } from "./server-places.ts";

/** Puts the planted text into one kind of place. @returns takes it away again where it can be */
export type Planting = (folders: DemoFolders) => Promise<() => void>;

const run = promisify(execFile);
// A session of no life lives for a moment only, a process until it is ended.
const tableText = JSON.stringify({ planted: plantedText });

/** One for every kind of place. */
export const plantings: Readonly<Record<string, Planting>> = {
  output: async ({ output }) => {
    appendFileSync(output, `${plantedText}\n`);
    return () => {};
  },
  logs: file(({ data }) => join(data, "logs", "planted.log")),
  "pane logs": file(({ data }) => join(data, "product", "logs", "panes", "planted.log")),
  panes: async ({ runtime }) => {
    const socket = join(runtime, "tmux.sock");
    const show = ["printf", "%s\\n", plantedText];
    // The product ends a session that belongs to no life: it is looked at before.
    const argv = ["/bin/sh", "-c", '"$@"; sleep 20', "planted", ...show];
    await run("tmux", ["-S", socket, "new-session", "-d", "-x", "200", "-s", "planted", ...argv]);
    return () => {};
  },
  arguments: program(["/bin/sleep", "30"], [plantedText], {}),
  "environments of cells": program(
    ["bwrap", "--unshare-pid", "--ro-bind", "/", "/", "--die-with-parent", "/bin/sleep", "30"],
    [],
    { PLANTED: plantedText },
  ),
  worktrees: file(({ data }) => inRepository(data, "worktrees/planted/file.txt")),
  "cells' folders": file(({ data }) => join(data, "product", "cells", "planted", "file.txt")),
  "sockets' folders": file(({ runtime }) => join(runtime, "b", "planted.txt")),
  "mirror files": file(({ data }) => inRepository(data, "mirror.git/planted")),
  "mirror objects": async ({ data }) => {
    const kept = join(data, "planted.txt");
    writeFileSync(kept, plantedText);
    const mirror = inRepository(data, "mirror.git");
    await run("git", ["--git-dir", mirror, "hash-object", "-w", kept]);
    return () => rmSync(kept);
  },
  ...plantOnGitHub,
  tables: async ({ data }) => {
    await onDatabase(data, async (client) => {
      const row =
        "insert into decisions (epic_id, what, detail) select id, 'planted', $1 from epics";
      await client.query(row, [tableText]);
    });
    return () => {};
  },
  Redis: async ({ data }) => {
    await onRedis(data, (redis) => redis.hset("planted", "field", plantedText));
    return () => {};
  },
};

function file(pathOf: (folders: DemoFolders) => string): Planting {
  return async (folders) => {
    const path = pathOf(folders);
    const made = mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, plantedText);
    return () => rmSync(made ?? path, { recursive: true });
  };
}

/** A process that counts as one of the demo's, because its environment names its folder. */
function program(
  argv: readonly string[],
  more: readonly string[],
  env: Readonly<Record<string, string>>,
): Planting {
  return async ({ data }) => {
    const [name = "", ...args] =
      more.length === 0 ? argv : ["/bin/sh", "-c", '"$@"', "planted", ...argv, "#", ...more];
    const child = spawn(name, args, {
      env: { PATH: process.env["PATH"], PLANTED_FOR: data, ...env },
      stdio: "ignore",
    });
    await new Promise((resolve) => child.once("spawn", resolve));
    return () => void child.kill("SIGKILL");
  };
}

function inRepository(data: string, path: string): string {
  const [home] = repositories(data);
  if (home === undefined) throw new Error("the demo has no repository on its host");
  return join(home, path);
}
