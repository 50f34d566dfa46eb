// Which files merge in which builtin way, as the tip's own `.gitattributes` say, in the form of one
// file for the root. A driver that is a program of somebody's choice becomes the ordinary text merge.

/** One `.gitattributes`: the folder it lies in (`""` is the root) and its bytes, one character each. */
export type AttributesFile = { readonly folder: string; readonly text: string };

const builtinDrivers = new Set(["text", "binary", "union"]);

/** Git ignores longer lines. */
const maxLineLength = 2048;

/**
 * @param files in any order
 * @returns lines for `core.attributesFile`, empty when no file says anything about merging
 */
export function mergeAttributes(files: readonly AttributesFile[]): string {
  const rootFirst = [...files].sort((a, b) => depthOf(a) - depthOf(b));
  const macros = new Map<string, string>();
  const lines = rootFirst.flatMap((file) =>
    file.text.split("\n").flatMap((line) => lineFor(file, line, macros)),
  );
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function depthOf({ folder }: AttributesFile): number {
  return folder === "" ? 0 : folder.split("/").length;
}

function lineFor(
  { folder }: AttributesFile,
  line: string,
  macros: Map<string, string>,
): readonly string[] {
  const parsed = line.length > maxLineLength ? null : parseLine(line.replace(/\r$/, ""));
  if (parsed === null) return [];
  const attribute = mergeAttributeOf(parsed.attributes, macros);
  const macro = /^\[attr\](.+)$/.exec(parsed.pattern)?.[1];
  if (macro !== undefined) {
    // Git reads macros from the root alone.
    if (folder === "" && attribute !== null) macros.set(macro, attribute);
    return [];
  }
  if (attribute === null || parsed.pattern.startsWith("!")) return [];
  return [`${quoted(anchored(folder, parsed.pattern))} ${attribute}`];
}

type ParsedLine = { readonly pattern: string; readonly attributes: readonly string[] };

function parseLine(line: string): ParsedLine | null {
  const trimmed = line.replace(/^[ \t]+/, "");
  if (trimmed === "" || trimmed.startsWith("#")) return null;
  const inQuotes = /^"((?:[^"\\]|\\.)*)"(?=[ \t]|$)/.exec(trimmed);
  const [raw = ""] = inQuotes ?? /^[^ \t]+/.exec(trimmed) ?? [];
  const pattern = inQuotes === null ? raw : unquoted(inQuotes[1] ?? "");
  const attributes = trimmed
    .slice(raw.length)
    .split(/[ \t]+/)
    .filter((word) => word !== "");
  return pattern === "" ? null : { pattern, attributes };
}

/** The last word about merging wins, as in git; null when there is none. */
function mergeAttributeOf(
  attributes: readonly string[],
  macros: ReadonlyMap<string, string>,
): string | null {
  const said = attributes.flatMap((attribute): readonly string[] => {
    if (attribute === "binary") return ["-merge"];
    if (attribute === "merge" || attribute === "-merge" || attribute === "!merge")
      return [attribute];
    const driver = /^merge=(.*)$/.exec(attribute)?.[1];
    if (driver !== undefined) return [builtinDrivers.has(driver) ? attribute : "!merge"];
    const macro = macros.get(attribute);
    return macro === undefined ? [] : [macro];
  });
  return said.at(-1) ?? null;
}

/** A pattern of a folder as the root would have to say it. */
function anchored(folder: string, pattern: string): string {
  if (folder === "") return pattern;
  const prefix = folder.replace(/[\\*?[]/g, "\\$&");
  if (!pattern.replace(/\/$/, "").includes("/")) return `${prefix}/**/${pattern}`;
  return `${prefix}/${pattern.replace(/^\//, "")}`;
}

const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function unquoted(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    /^[0-7]{3}$/.test(code)
      ? String.fromCharCode(Number.parseInt(code, 8))
      : (escapes[code] ?? code),
  );
}

function quoted(pattern: string): string {
  const body = pattern.replace(/["\\]/g, "\\$&").replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: git writes these as octal
    /[\u0000-\u001f\u007f]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `"${body}"`;
}
