// What a name inside a tree means to the systems that will read it, whatever way it is spelled.

// Letters of other scripts that look like Latin ones: a name spelled with them is meant to be taken
// for the Latin one.
const lookAlikes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: "a",
    в: "b",
    с: "c",
    ԁ: "d",
    е: "e",
    ԍ: "g",
    һ: "h",
    і: "i",
    ј: "j",
    к: "k",
    ӏ: "l",
    м: "m",
    о: "o",
    р: "p",
    ԛ: "q",
    ѕ: "s",
    т: "t",
    ѵ: "v",
    ԝ: "w",
    х: "x",
    у: "y",
    α: "a",
    ε: "e",
    ι: "i",
    κ: "k",
    ν: "v",
    ο: "o",
    ρ: "p",
    τ: "t",
    υ: "u",
    χ: "x",
    ı: "i",
  }),
);

/**
 * The form in which two names are equal when some file system, or a reader's eye, takes one for
 * the other: without case, invisible characters, look-alikes, stream names and trailing dots.
 */
export function foldedName(name: string): string {
  const plain = name
    .normalize("NFKC")
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "");
  return [...plain].map((char) => lookAlikes.get(char) ?? char).join("");
}

/** True for the name of a git directory, as any file system may spell it. */
function isGitDirName(name: string): boolean {
  const folded = foldedName(name);
  return folded === ".git" || /^git~\d+$/.test(folded);
}

const maxNameBytes = 255;
const maxPathBytes = 1_024;

/** True for a path that no honest tool makes, or that some reader would take for another one. */
export function isBadPath(path: Buffer): boolean {
  const text = path.toString();
  if (path.length > maxPathBytes || !Buffer.from(text).equals(path)) return true;
  if (/[\p{Cc}\p{Bidi_Control}\u2028\u2029\\]/u.test(text)) return true;
  return text.split("/").some(isBadName);
}

function isBadName(name: string): boolean {
  return (
    name === "" ||
    name === "." ||
    name === ".." ||
    Buffer.byteLength(name) > maxNameBytes ||
    isGitDirName(name)
  );
}

/**
 * Whether a symbolic link stays inside the tree wherever links beside it may point.
 *
 * @param path where the link lies
 * @param target what it points at, as git keeps it
 */
export function linkStaysInside(path: string, target: string): boolean {
  const steps = target.split("/");
  const down = steps.findIndex((step) => step !== "..");
  const up = down === -1 ? steps.length : down;
  const rest = steps.slice(up);
  // A `..` after a name would be taken from wherever that name, perhaps itself a link, leads.
  const goesOnlyDown = rest.every((step) => step !== ".." && !isGitDirName(step));
  const depth = path.split("/").length - 1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no honest link holds them
  const isPlain = target !== "" && !target.startsWith("/") && !/[\u0000-\u001f\\]/.test(target);
  return isPlain && goesOnlyDown && up <= depth;
}

/** A path as git prints it with `core.quotePath`. */
export function quotedPath(path: Buffer): string {
  const body = [...path].map(quotedByte).join("");
  return body.length === path.length ? body : `"${body}"`;
}

const shortEscapes: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

function quotedByte(byte: number): string {
  const isPrintable = byte >= 0x20 && byte < 0x7f;
  const short = shortEscapes[byte];
  if (short !== undefined) return short;
  return isPrintable ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
}
