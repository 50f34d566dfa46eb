import { execFile } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { processIdsOf } from "../support/leftovers.ts";
import { lifeTokenName } from "./demo-secrets.ts";
import type { DemoFolders, Found, Place } from "./places.ts";

// What is on the machine: files, screens, processes.

const run = promisify(execFile);
const maxFileBytes = 64 * 1024 * 1024;
const maxObjectsBytes = 256 * 1024 * 1024;

export const hostPlaces: readonly Place[] = [
  { kind: "output", isFleeting: false, look: ({ output }) => filesIn(output) },
  { kind: "logs", isFleeting: false, look: ({ data }) => logsOf(data) },
  {
    kind: "pane logs",
    isFleeting: true,
    look: ({ data }) => filesIn(join(data, "product", "logs", "panes")),
  },
  { kind: "panes", isFleeting: true, look: panes },
  { kind: "arguments", isFleeting: true, look: ({ data }) => processFiles(data, "cmdline") },
  { kind: "environments of cells", isFleeting: true, look: ({ data }) => cellEnvironments(data) },
  { kind: "worktrees", isFleeting: true, look: ({ data }) => worktrees(data) },
  { kind: "cells' folders", isFleeting: true, look: ({ data }) => cellFolders(data) },
  { kind: "sockets' folders", isFleeting: true, look: runtimeFiles },
  { kind: "mirror files", isFleeting: true, look: ({ data }) => mirrorFiles(data) },
  { kind: "mirror objects", isFleeting: false, look: ({ data }) => mirrorObjects(data) },
];

function logsOf(data: string): readonly Found[] {
  const servers = ["postgres/postgres.log", "redis/redis.log", "model/calls.jsonl"];
  return [join(data, "logs"), ...servers.map((file) => join(data, file))].flatMap((path) =>
    filesIn(path),
  );
}

async function panes({ runtime }: DemoFolders): Promise<readonly Found[]> {
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run("tmux", ["-S", join(runtime, "tmux.sock"), ...args]).catch(() => null))?.stdout ??
    "";
  const ids = (await tmux("list-panes", "-a", "-F", "#{pane_id}")).split("\n").filter(Boolean);
  return await Promise.all(
    ids.map(async (id) => ({
      where: `pane ${id}`,
      text: await tmux("capture-pane", "-p", "-J", "-S", "-", "-t", id),
    })),
  );
}

function processFiles(data: string, file: "cmdline" | "environ"): readonly Found[] {
  return processIdsOf(data).flatMap((pid) => filesIn(`/proc/${pid}/${file}`));
}

/** Whoever is in namespaces of its own, and the servers through which agents get theirs. */
function cellEnvironments(data: string): readonly Found[] {
  const ours = linkOf("/proc/self/ns/mnt");
  return processIdsOf(data)
    .filter((pid) => {
      const isApart = ![ours, ""].includes(linkOf(`/proc/${pid}/ns/mnt`));
      return isApart || /^(tmux|bwrap)/.test(readOf(`/proc/${pid}/comm`));
    })
    .flatMap((pid) => filesIn(`/proc/${pid}/environ`));
}

function worktrees(data: string): readonly Found[] {
  return repositories(data).flatMap((folder) => filesIn(join(folder, "worktrees")));
}

function cellFolders(data: string): readonly Found[] {
  return filesIn(join(data, "product", "cells"));
}

/** A life's token is in its own folder's file and nowhere else. */
function runtimeFiles({ runtime }: DemoFolders): readonly Found[] {
  return filesIn(runtime).map((found) => {
    const life = /\/lives\/([^/]+)\/\.?token$/.exec(found.where)?.[1];
    return life === undefined ? found : { ...found, allowed: [lifeTokenName(life)] };
  });
}

function mirrorFiles(data: string): readonly Found[] {
  return repositories(data).flatMap((folder) =>
    filesIn(join(folder, "mirror.git"), (name) => name !== "objects"),
  );
}

async function mirrorObjects(data: string): Promise<readonly Found[]> {
  return await Promise.all(repositories(data).map((home) => objectsOf(join(home, "mirror.git"))));
}

/** Every object of a repository, reachable or not, whole. */
export async function objectsOf(gitDir: string): Promise<Found> {
  const { stdout } = await run(
    "git",
    ["--git-dir", gitDir, "cat-file", "--batch-all-objects", "--batch", "--unordered"],
    { encoding: "latin1", maxBuffer: maxObjectsBytes },
  );
  return { where: `objects of ${gitDir}`, text: stdout };
}

/** The repositories' folders on the agents' host. */
export function repositories(data: string): readonly string[] {
  const home = join(data, "product", "repos");
  return namesIn(home).map((name) => join(home, name));
}

/** Every ordinary file below a path, or the file itself; what is gone meanwhile is left out. */
function filesIn(path: string, isWanted: (name: string) => boolean = () => true): readonly Found[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory())
    return namesIn(path)
      .filter(isWanted)
      .flatMap((name) => filesIn(join(path, name)));
  if (!stats?.isFile() || stats.size > maxFileBytes) return [];
  const text = readOf(path);
  return text === "" ? [] : [{ where: path, text }];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
