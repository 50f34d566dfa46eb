import type { Source } from "./sources.ts";

/** Each rule looks at one file and says what is wrong there, one line per finding. */
type HouseRule = (source: Source) => readonly string[];

const LONGEST_FILE = 250;

export const isTest = ({ path }: Source): boolean => path.startsWith("test/");

// Programs of their own, which read their environment at their only door; tests and stand-ins.
const READS_ENVIRONMENT =
  /^(src\/config\.ts|src\/local\/.*|src\/(harness|broker)\/main\.ts|(test|bench)\/.*)$/;

const NO_LISTS = /(^|\/)(utils?|helpers?|types?|common|misc|constants|shared)\.(ts|mjs)$/;

export const fileLength: HouseRule = ({ path, text }) => {
  const lines = text.trimEnd().split("\n").length;
  return lines > LONGEST_FILE ? [`${path} has ${lines} lines, ${LONGEST_FILE} is the most`] : [];
};

export const fileName: HouseRule = ({ path, code }) => {
  const name = path.split("/").at(-1) ?? "";
  if (NO_LISTS.test(path)) return [`${path}: a file is named after what it exports`];
  const isDoor = /^export [^;]*\bfrom\b/m.test(code);
  if (name === "index.ts" && isDoor) return [`${path}: an index.ts is a list, never a door`];
  return /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config)?\.(ts|mjs)$/.test(name)
    ? []
    : [`${path}: file names are kebab-case`];
};

export const environment: HouseRule = (source) =>
  READS_ENVIRONMENT.test(source.path)
    ? []
    : linesWith(
        source,
        source.code,
        /\bprocess\.env\b/,
        "only src/config.ts reads the environment",
      );

export const shell: HouseRule = (source) => [
  ...linesWith(source, source.code, /\bshell:\s*(true|["'`])/, "no process is started by a shell"),
  ...linesWith(
    source,
    source.uncommented,
    /^import\s[^;]*\bexec(Sync)?\b[^;]*from\s*["']node:child_process/,
    "execFile or spawn with a list of arguments, never exec",
  ),
];

export const exportsByName: HouseRule = (source) => {
  if (/\.config\.ts$/.test(source.path)) return [];
  return [
    ...linesWith(source, source.code, /^export default\b/, "named exports only"),
    ...linesWith(source, source.code, /^export \* /, "no file that only exports other files"),
  ];
};

/** The product cannot tell that it speaks to a stand-in. */
export const standIns: HouseRule = (source) => {
  if (!/^(src|workers)\//.test(source.path)) return [];
  if (/^src\/(local\/|dev\.ts|wiring\.ts)/.test(source.path)) return [];
  const words = /["'`/]_control\b|local[ -]?github|scripted/i;
  return linesWith(source, source.uncommented, words, "the product does not know the stand-ins");
};

export const assertions: HouseRule = (source) =>
  linesOf(source.code).flatMap((line, index) => {
    const isCast =
      /[\w)\]}>"'`] as (?!const\b)[\w{[(]/.test(line) && !/^\s*(im|ex)port\b/.test(line);
    const isAlias = /^\s*(type )?\w+ as \w+,?$/.test(line) || /\* as \w+/.test(line);
    if (!isCast || isAlias || hasReason(source, index)) return [];
    return [`${source.path}:${index + 1} \`as\` needs a comment with its reason`];
  });

export const docstrings: HouseRule = (source) => {
  if (!/^src\/((ports|adapters|lib|domain|tools)\/)/.test(source.path)) return [];
  const lines = linesOf(source.text);
  return lines.flatMap((line, index) => {
    const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1];
    if (name === undefined || lines[index - 1]?.trimEnd().endsWith("*/")) return [];
    return [`${source.path}:${index + 1} ${name} is exported without a docstring`];
  });
};

export const testHabits: HouseRule = (source) => {
  if (!isTest(source)) return [];
  const skipped = /\b(test|it|describe|suite)\.(skip|only|todo|skipIf|runIf)\b/;
  const mocked = /\bvi\.(mock|doMock|hoisted)\(/;
  return [
    ...linesWith(source, source.code, skipped, "every test runs"),
    ...linesWith(source, source.code, mocked, "modules of ours are not mocked"),
  ];
};

/** The names of a file's tests, found where they are code and not a text about tests. */
export function testNamesOf({ path, code, text }: Source): readonly string[] {
  if (!path.endsWith(".test.ts")) return [];
  return [...code.matchAll(/\btest(\.each|\.for)?\(/g)].flatMap((call) => {
    const opened = call.index + call[0].length;
    // The table of cases has brackets of its own; the name is in those that follow.
    const from = call[1] === undefined ? opened : closingBracket(code, opened) + 2;
    const blanked = /^\s*(["'`])( *)\1/d.exec(code.slice(from));
    const [start, end] = blanked?.indices?.[2] ?? [];
    return start === undefined ? [] : [text.slice(from + start, from + (end ?? start))];
  });
}

function closingBracket(code: string, from: number): number {
  let depth = 1;
  let at = from;
  while (depth > 0 && at < code.length) {
    if (code[at] === "(") depth += 1;
    if (code[at] === ")") depth -= 1;
    at += 1;
  }
  return at - 1;
}

export const testNames: HouseRule = (source) =>
  testNamesOf(source).flatMap((name) => {
    if (/\bshould\b/i.test(name)) return [`${source.path}: "${name}" says "should"`];
    const isSentence = name.trim().split(/\s+/).length >= 3 && !name.endsWith(".");
    return isSentence ? [] : [`${source.path}: "${name}" is no sentence of behaviour`];
  });

// On the line itself, right above the statement, or above a group of casts that it speaks of.
function hasReason({ text }: Source, index: number): boolean {
  const above = linesOf(text).slice(Math.max(0, index - 15), index + 1);
  const near = above.slice(-4);
  return (
    near.some((line) => /\/\/|\*\//.test(line)) ||
    above.some((line) => /\/\/.*\bcasts?\b/i.test(line))
  );
}

function linesWith(
  { path, text }: Source,
  searched: string,
  pattern: RegExp,
  rule: string,
): readonly string[] {
  const shown = linesOf(text);
  return linesOf(searched).flatMap((line, index) =>
    pattern.test(line) ? [`${path}:${index + 1} ${rule}: ${shown[index]?.trim()}`] : [],
  );
}

function linesOf(text: string): readonly string[] {
  return text.split("\n");
}
