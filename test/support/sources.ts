import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOnly, withoutComments } from "./code-only.ts";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

export type Source = {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** With comments, strings, templates and regular expressions blanked out. */
  readonly code: string;
  /** With comments blanked out. */
  readonly uncommented: string;
};

export type Import = {
  readonly from: string;
  /** A path in the repository, a package's name, or `node:…`. */
  readonly to: string;
  readonly kind: "own" | "package" | "node";
  readonly isTypeOnly: boolean;
};

/** Every source file below these folders, those that are missing left out. */
export function readSources(folders: readonly string[]): readonly Source[] {
  return folders.flatMap(listFiles).map((path) => {
    const text = readFileSync(join(REPOSITORY, path), "utf8");
    return { path, text, code: codeOnly(text), uncommented: withoutComments(text) };
  });
}

function listFiles(folder: string): readonly string[] {
  if (!statSync(join(REPOSITORY, folder), { throwIfNoEntry: false })) return [];
  return readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => posix.join(entry.parentPath.slice(REPOSITORY.length), entry.name))
    .sort();
}

const STATIC = /^(?:import|export)\b(\s+type\b)?(?:[^;"'`]*?\bfrom)?\s*["']([^"']+)["']/gm;
const DYNAMIC = /\b(?:import|require|resolve)\(\s*["']([^"']+)["']/g;

/** What a file imports, by any of the ways a module can. */
export function importsOf({ path, uncommented }: Source): readonly Import[] {
  const fixed = [...uncommented.matchAll(STATIC)].map(([, type, to = ""]) =>
    asImport(path, to, type !== undefined),
  );
  const late = [...uncommented.matchAll(DYNAMIC)]
    .map(([, to = ""]) => asImport(path, to, false))
    // Other functions are called `resolve`, too; those of modules name a file or a package.
    .filter(({ to }) => /^[@\w./:-]+$/.test(to));
  return [...fixed, ...late];
}

function asImport(from: string, specifier: string, isTypeOnly: boolean): Import {
  if (specifier.startsWith("node:")) return { from, to: specifier, kind: "node", isTypeOnly };
  if (specifier.startsWith(".")) {
    const to = posix.normalize(posix.join(posix.dirname(from), specifier));
    return { from, to, kind: "own", isTypeOnly };
  }
  const parts = specifier.split("/");
  const to = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  return { from, to, kind: "package", isTypeOnly };
}
