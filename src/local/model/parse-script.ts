import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";
import { findMistakes } from "./check-script.ts";
import { type Script, scriptSchema } from "./script-schema.ts";

type Path = readonly PropertyKey[];

/** A script that cannot be played. The message has one line per mistake: file, line, key, reason. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/**
 * Reads and checks a script.
 *
 * @param file the name that error messages give the script
 * @throws {ScriptError} with every mistake, e.g. `script.yml:12: roles.worker.turns[3].calls[0].tool: …`
 */
export function parseScript(yaml: string, file: string): Script {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, merge: true, prettyErrors: false });
  const [broken] = document.errors;
  if (broken)
    throw new ScriptError(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`);
  const lineOf = (path: Path): number => lines.linePos(offsetOf(document.contents, path)).line;
  return check(toPlain(document, file), { file, lineOf });
}

/**
 * Checks a script that is already a value, as tests build it.
 *
 * @throws {ScriptError} with every mistake, e.g. `script: roles.worker.turns[0]: an empty turn`
 */
export function validateScript(value: unknown): Script {
  return check(value, { file: "script", lineOf: null });
}

function toPlain(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor, or aliases that multiply without end.
    throw new ScriptError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Source = { readonly file: string; readonly lineOf: ((path: Path) => number) | null };

function check(value: unknown, { file, lineOf }: Source): Script {
  const parsed = scriptSchema.safeParse(value);
  const mistakes = parsed.success
    ? findMistakes(parsed.data)
    : parsed.error.issues.flatMap(readIssue);
  if (parsed.success && mistakes.length === 0) return parsed.data;
  const lines = mistakes
    .map(({ path, message }) => ({
      line: lineOf?.(path) ?? 0,
      text: path.length === 0 ? message : `${shown(path)}: ${message}`,
    }))
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, text }) => `${file}${lineOf ? `:${line}` : ""}: ${text}`);
  throw new ScriptError(lines.join("\n"));
}

function readIssue(issue: z.core.$ZodIssue): readonly { path: Path; message: string }[] {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key], message: "is not a known key" }));
  if (issue.code === "invalid_key") return [{ path, message: issue.issues[0]?.message ?? message }];
  if (message.endsWith("received undefined")) return [{ path, message: "is missing" }];
  return [{ path, message: message.replace(/^Invalid input: /, "") }];
}

function shown(path: Path): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at ? "." : ""}${String(key)}`))
    .join("");
}

/** Where the path begins in the text, as deep as the text has it; a key's own place when it is one. */
function offsetOf(contents: unknown, path: Path): number {
  let node: unknown = contents;
  let offset = startOf(node) ?? 0;
  for (const key of path) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const next = hasGet(node) ? node.get(key, true) : undefined;
    const start = startOf(pair?.key) ?? startOf(next);
    if (start === null) return offset;
    offset = start;
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number | null {
  if (typeof node !== "object" || node === null || !("range" in node)) return null;
  // Every node of a parsed document has a range; the package types it as optional.
  return (node as Node).range?.[0] ?? null;
}

function hasGet(node: unknown): node is { get(key: unknown, keepScalar: true): unknown } {
  return typeof node === "object" && node !== null && "get" in node;
}
