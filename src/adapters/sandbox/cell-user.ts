import path from "node:path";
import type { HostLayout, SystemFolder } from "./host-layout.ts";

// A cell of its own user needs folders that this user cannot reach on the host: below the home of
// root, below a data folder of mode 0700. Two layers of bubblewrap give both. The outer one, made
// by root, shows exactly what the inner one is to bind, at the same paths, with parents that anyone
// may enter; there root is given up for good, and the inner one makes the cell as that user.

/** The processes of the outer layer end with it: the inner one's parent may not signal another user. */
const OUTER = ["--unshare-pid", "--die-with-parent"] as const;
const SOURCE_OPTIONS = /^--(ro-)?bind(-try)?$/;

type Source = {
  readonly path: string;
  readonly isWritable: boolean;
  readonly mayBeMissing: boolean;
};

/**
 * @param inner the argument array of a cell: a bubblewrap call
 * @param user a user and group id that nobody else has
 * @returns the argument array that runs it as this user; root alone can run it
 */
export function asUser(
  layout: HostLayout,
  user: number,
  inner: readonly string[],
): readonly string[] {
  const sources = outermost(sourcesOf(inner, layout.system));
  return [
    ...[layout.bwrap, ...OUTER],
    ...parentsOf(sources).flatMap((folder) => ["--dir", folder]),
    ...layout.system.flatMap(systemFolder),
    ...["--bind", "/proc", "/proc", "--dev", "/dev"],
    ...sources.flatMap(bind),
    "--",
    ...["/usr/bin/setpriv", "--reuid", String(user), "--regid", String(user), "--clear-groups"],
    ...["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"],
    ...inner,
  ];
}

function systemFolder(folder: SystemFolder): readonly string[] {
  return folder.kind === "link"
    ? ["--symlink", folder.target, folder.path]
    : ["--ro-bind", folder.path, folder.path];
}

/** Read off the arguments, so that whatever a cell is given can be reached. */
function sourcesOf(inner: readonly string[], system: readonly SystemFolder[]): readonly Source[] {
  const options = inner.slice(0, inner.indexOf("--"));
  const isSystem = (source: string): boolean => system.some((folder) => folder.path === source);
  return options.flatMap((option, index) => {
    const source = options[index + 1];
    if (!SOURCE_OPTIONS.test(option) || source === undefined || isSystem(source)) return [];
    const isWritable = !option.startsWith("--ro-");
    return [{ path: path.normalize(source), isWritable, mayBeMissing: option.endsWith("-try") }];
  });
}

/** Parents first; what a parent already shows, with no less than it needs, is left out. */
function outermost(sources: readonly Source[]): readonly Source[] {
  const ordered = [...sources].sort(
    (one, other) =>
      one.path.split("/").length - other.path.split("/").length ||
      Number(other.isWritable) - Number(one.isWritable),
  );
  return ordered.filter(
    (source, index) =>
      !ordered
        .slice(0, index)
        .some(
          (earlier) =>
            isWithin(source.path, earlier.path) && (earlier.isWritable || !source.isWritable),
        ),
  );
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** Bubblewrap itself makes parents that only their owner may enter. */
function parentsOf(sources: readonly Source[]): readonly string[] {
  const parents = sources.flatMap((source) => {
    const names = path.dirname(source.path).split("/").slice(1);
    return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
  });
  // Bubblewrap makes its new root there.
  const needed = ["/tmp", ...parents];
  const shown = (folder: string): boolean =>
    sources.some((source) => isWithin(folder, source.path)) || folder === "/";
  return [...new Set(needed)].filter((folder) => !shown(folder)).sort();
}

function bind({ path: source, isWritable, mayBeMissing }: Source): readonly string[] {
  const option = `--${isWritable ? "" : "ro-"}bind${mayBeMissing ? "-try" : ""}`;
  return [option, source, source];
}
