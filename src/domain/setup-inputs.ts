import { type InputNames, PNPM_FILES } from "./setup.ts";

// What the result of a setup depends on, beside its command. Whatever is not known to be without
// effect counts: a setup too many costs minutes, one too few gives an agent the wrong packages.

/** What is somewhere in a tree; `other` is a link or another repository. */
export type TreeEntry = {
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
  readonly sha: string;
};

/** Those that count by what they are called. */
export function inputsAmong(
  entries: readonly TreeEntry[],
  { names, endings, folders }: Pick<InputNames, "names" | "endings" | "folders">,
): readonly TreeEntry[] {
  const [byName, whole] = [new Set(names), new Set(folders)];
  return entries.filter(({ path, kind }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (kind === "folder") return whole.has(name);
    return byName.has(name) || endings.some((ending) => name.endsWith(ending));
  });
}

/** What an operator says that counts: a path, or a name anywhere. */
export function inputsNamed(
  entries: readonly TreeEntry[],
  given: readonly string[],
): readonly TreeEntry[] {
  const wanted = new Set(given.map((one) => one.replace(/\/+$/, "")));
  return entries.filter(
    ({ path }) => wanted.has(path) || wanted.has(path.slice(path.lastIndexOf("/") + 1)),
  );
}

/** Whether a file of that name is a program that a package manager runs while it installs. */
export function runsWhileInstalling(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return PNPM_FILES.some((one) => one === name);
}

/** Whether a package of a tree is compiled while it is installed, though no script of its says so. */
export function isCompiledWhileInstalling(entries: readonly TreeEntry[]): boolean {
  const paths = new Set(entries.map(({ path }) => path));
  return entries.some(
    ({ path }) =>
      /(^|\/)binding\.gyp$/.test(path) &&
      paths.has(`${path.slice(0, -"binding.gyp".length)}package.json`),
  );
}

export type Manifest = {
  /** The part that decides what is installed; null: all of it may. */
  readonly inputs: string | null;
  /** What it takes from files of its tree, as paths from its own folder. */
  readonly paths: readonly string[];
  /** Whether programs of the tree's run when it is installed, where that is allowed. */
  readonly hasScripts: boolean;
};

/** What says something about a package, and installs nothing. */
const IDLE_FIELDS: ReadonlySet<string> = new Set([
  ...["description", "keywords", "homepage", "bugs", "license", "author", "contributors"],
  ...["funding", "repository", "main", "module", "types", "typings", "exports", "type", "files"],
  ...["browser", "sideEffects", "jest", "eslintConfig", "prettier", "browserslist"],
]);
const INSTALL_SCRIPTS = [
  ...["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"],
  ...["prepublish", "dependencies"],
] as const;
const FROM_FILES = /"file:([^"]+)"/g;

/** Reads a package.json. */
export function readManifest(text: string): Manifest {
  const paths = [...text.matchAll(FROM_FILES)].map(([, path = ""]) => path);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null)
      return { inputs: null, paths, hasScripts: true };
    const all = new Map<string, unknown>(Object.entries(parsed));
    const scripts = new Map<string, unknown>(Object.entries(all.get("scripts") ?? {}));
    const run = INSTALL_SCRIPTS.map((name) => scripts.get(name) ?? null);
    const rest = [...all].filter(([name]) => name !== "scripts" && !IDLE_FIELDS.has(name));
    const inputs = JSON.stringify([rest.sort(([one], [other]) => (one < other ? -1 : 1)), run]);
    return { inputs, paths, hasScripts: run.some((script) => script !== null) };
  } catch {
    return { inputs: null, paths, hasScripts: true }; // No JSON: its package manager will say so.
  }
}

/**
 * The words of a list of requirements that may be paths: other lists, folders, archives.
 *
 * @param text as pip reads it: a requirement or an option a line
 */
export function pathsInRequirements(text: string): readonly string[] {
  const lines = text.replaceAll("\\\n", " ").split("\n");
  return lines.flatMap((line) => {
    const words = line.replace(/(^|\s)#.*$/, "").split(/[\s=;"']+/);
    return words.flatMap((word, index) => {
      const path = word
        .replace(/^-[a-z](?=.)/, "")
        .replace(/^file:(\/\/)?/, "")
        .replace(/\[.*\]$/, "");
      const isArgument = words[index - 1]?.startsWith("-") ?? false;
      return path !== "" && (isArgument || /[./]/.test(path)) ? [path] : [];
    });
  });
}
