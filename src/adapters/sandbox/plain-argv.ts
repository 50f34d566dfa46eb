import path from "node:path";
import { CELL_PATHS, type CellContents, cellVariables, resourceLimits } from "./cell-argv.ts";
import type { CellLimits } from "./cell-limits.ts";
import { CELL_MARK } from "./end-cell.ts";
import type { HostLayout } from "./host-layout.ts";

// The arguments of what runs in place of a cell where none can be made and the operator said by name
// that agents run all the same. Nothing keeps it apart from the host. It gets what a cell gets: the
// same command, environment, limits and mark, at the host's own paths.

export type PlainCommand = {
  readonly argv: readonly string[];
  /** As for a cell: where it is said how the command ended; null: nobody reads that. */
  readonly statusFd: number | null;
  /** Absolute: its private folder, made at its start and removed at its end. */
  readonly folder: string;
};

type Place = readonly [inCell: string, onHost: string];

/** @returns the argument array that runs a command as a plain process; holds no secret */
export function plainArgv(
  layout: HostLayout,
  limits: CellLimits,
  contents: CellContents,
  { argv, statusFd, folder }: PlainCommand,
): readonly string[] {
  const places = placesOf(layout, contents, folder);
  const variables: Readonly<Record<string, string>> = {
    ...cellVariables(contents),
    [CELL_MARK]: contents.mark,
    ...(contents.brokerDir === null ? {} : { FACTORY_BROKER_DIR: contents.brokerDir }),
  };
  return [
    ...["/usr/bin/setpriv", "--pdeathsig", "KILL"],
    ...["/bin/sh", path.join(layout.cellFiles, "plain.sh"), CELL_MARK, contents.mark, folder],
    ...[statusFd === null ? "-" : String(statusFd), onHost(contents.workingDirectory, places)],
    ...["/usr/bin/env", "-i"],
    ...Object.entries(variables).map(([name, value]) => `${name}=${listOnHost(value, places)}`),
    ...resourceLimits(limits, layout.ceilings),
    ...argv.map((word) => onHost(word, places)),
  ];
}

/** Where things are that a cell would see elsewhere; the first that fits counts. */
function placesOf(layout: HostLayout, contents: CellContents, folder: string): readonly Place[] {
  const { worktree, mirror, writable, readOnly = [], readOnlyPaths, brokerDir } = contents;
  const ofTree = [worktree?.path, worktree?.gitDir, worktree?.mirror, mirror];
  const own = [...ofTree, brokerDir, ...readOnlyPaths];
  return [
    // These are at the paths of the host anyway, which may be below one of those that follow.
    ...own.flatMap((same) => (same ? [[same, same] as const] : [])),
    ...[...writable, ...readOnly].map(({ from, to }) => [to, from] as const),
    ...(brokerDir === null ? [] : [[CELL_PATHS.broker, brokerDir] as const]),
    [`${CELL_PATHS.bin}/node`, layout.node],
    [CELL_PATHS.bin, path.dirname(layout.node)],
    [CELL_PATHS.scripts, layout.cellFiles],
    ...(layout.harness === null ? [] : [[CELL_PATHS.harness, layout.harness] as const]),
    [CELL_PATHS.product, layout.packageRoot],
    [CELL_PATHS.home, path.join(folder, "home")],
    ["/tmp", path.join(folder, "tmp")],
  ];
}

function onHost(value: string, places: readonly Place[]): string {
  const place = places.find(([inCell]) => value === inCell || value.startsWith(`${inCell}/`));
  return place === undefined ? value : place[1] + value.slice(place[0].length);
}

/** Of a variable, which may be a list of paths. */
function listOnHost(value: string, places: readonly Place[]): string {
  return value
    .split(":")
    .map((word) => onHost(word, places))
    .join(":");
}
