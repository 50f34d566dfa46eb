import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { shortId } from "../../lib/ids.ts";
import { callFilter } from "./call-filter.ts";
import { type CellContents, cellArgv } from "./cell-argv.ts";
import type { CellLimits } from "./cell-limits.ts";
import { asUser } from "./cell-user.ts";
import { type Cgroups, joinArgv } from "./cgroup.ts";
import { mountArgv } from "./dependencies/lent-argv.ts";
import type { HostLayout } from "./host-layout.ts";
import { plainArgv } from "./plain-argv.ts";

/** What a host has for its cells. */
export type CellHost = {
  readonly layout: HostLayout;
  readonly limits: CellLimits;
  readonly cgroups: Cgroups | null;
  /** A file; null where this machine's system calls are not known. */
  readonly filter: string | null;
};

export type Launch = {
  readonly id: string;
  readonly contents: CellContents;
  readonly argv: readonly string[];
  readonly statusFd: number | null;
  /** The cell's own user; null: it runs as the product's. */
  readonly user: number | null;
  /** Where no cell can be made: the private folder of the plain process in its place. */
  readonly plainFolder: string | null;
};

const FILTER_FD = 9; // What with-filter.sh opens.

/** @returns the argument array that runs a cell with everything around it; holds no secret */
export function launchArgv(host: CellHost, launch: Launch): readonly string[] {
  const { layout, limits, filter } = host;
  const { id, contents, argv, statusFd, user, plainFolder: folder } = launch;
  if (folder !== null) {
    const plain = plainArgv(layout, limits, contents, { argv, statusFd, folder });
    return [...grouped(host, id), ...plain];
  }
  const filterFd = filter === null ? null : FILTER_FD;
  const inner = cellArgv(layout, limits, contents, { argv, statusFd, filterFd });
  return [
    ...grouped(host, id),
    ...(contents.lent ? mountArgv(layout, contents.lent, user ?? process.getuid?.() ?? 0) : []),
    ...(filter === null ? [] : ["/bin/sh", path.join(layout.cellFiles, "with-filter.sh"), filter]),
    ...(user === null ? inner : asUser(layout, user, inner)),
  ];
}

function grouped({ cgroups, layout, limits }: CellHost, id: string): readonly string[] {
  if (cgroups === null) return [];
  return joinArgv(cgroups, path.join(layout.cellFiles, "join-cgroup.sh"), id, limits);
}

/** Writes the filter of system calls where cells' launchers find it. @returns its path */
export function provideFilter(runtimeDir: string): string | null {
  const filter = callFilter(process.arch);
  if (filter === null) return null;
  mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
  const file = path.join(runtimeDir, "calls.bpf");
  const draft = `${file}.${shortId()}`;
  writeFileSync(draft, filter, { mode: 0o644 });
  renameSync(draft, file);
  return file;
}
