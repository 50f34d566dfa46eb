import path from "node:path";
import type { LentDependencies } from "../../../ports/dependencies.ts";
import type { HostLayout } from "../host-layout.ts";

// How a set of dependencies gets into a cell: mounted around it, and bound where setup made it.

/** Where what setup keeps beside no tree is, in the setup's cell and in every other. */
export const SHARED_DEPENDENCIES = "/opt/dependencies";

/** What programs find it by; nothing of it is fetched in there. */
export const DEPENDENCY_ENVIRONMENT: Readonly<Record<string, string>> = {
  FACTORY_DEPENDENCIES: SHARED_DEPENDENCIES,
  PYTHONPATH: `${SHARED_DEPENDENCIES}/python`,
  GOMODCACHE: `${SHARED_DEPENDENCIES}/go`,
  CARGO_HOME: `${SHARED_DEPENDENCIES}/cargo`,
};

/** The folders of one hand-out, below its own. */
export function layersOf({ dir }: LentDependencies) {
  return {
    mapped: path.join(dir, "mapped"),
    upper: path.join(dir, "upper"),
    work: path.join(dir, "work"),
    merged: path.join(dir, "merged"),
    /** Of a copy: what is beside no tree. */
    shared: path.join(dir, "shared"),
  };
}

/** The folder that takes what cells write over what was lent. */
export function writtenLayer(lent: LentDependencies): string {
  const { upper, shared } = layersOf(lent);
  return lent.by === "overlay" ? upper : shared;
}

/**
 * @param user as whom the cell runs
 * @returns what stands in front of a cell's own arguments; empty where copies are in its tree
 */
export function mountArgv(
  layout: HostLayout,
  lent: LentDependencies,
  user: number,
): readonly string[] {
  if (lent.by === "copy") return [];
  const { mapped, upper, work, merged } = layersOf(lent);
  const space = layout.isRoot ? [] : ["--user", "--map-root-user"];
  // Without own users nothing has to be shown as somebody else's, and could not be.
  const [from, to] = layout.isRoot ? [lent.set.owner, user] : [0, 0];
  // Nobody needs the layer after a fall of the machine: it is not written out at every end.
  const options = layout.isRoot ? ",volatile" : ",volatile,userxattr";
  return [
    ...["/usr/bin/unshare", ...space, "--mount", "--propagation", "private", "--"],
    ...["/bin/sh", path.join(layout.cellFiles, "lend.sh")],
    ...[lent.set.dir, mapped, upper, work, merged, options, String(from), String(to)],
  ];
}

/** @param tree where the tree is in the cell @returns what bubblewrap binds over it */
export function lentBinds(lent: LentDependencies, tree: string): readonly string[] {
  const { merged, shared } = layersOf(lent);
  if (lent.by === "copy") return ["--bind", shared, SHARED_DEPENDENCIES];
  const folders = lent.set.paths.filter(({ isFolder }) => isFolder);
  return [
    ...folders.flatMap(({ path: place }) => [
      "--bind",
      path.join(merged, "tree", place),
      path.join(tree, place),
    ]),
    ...["--bind", path.join(merged, "shared"), SHARED_DEPENDENCIES],
  ];
}
