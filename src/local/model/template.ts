// Templates in a script's texts and inputs: `{{capture}}`, `{{json.items.0.task}}`, `{{vars.x}}`,
// with `| number` or `| json` after the name. `\{{` is a literal `{{`.
import { type Json, lookUp } from "./json-lookup.ts";

/** What a template may refer to, at one turn of one conversation. */
export type Scope = {
  /** Named groups of the turn's `matches`. */
  readonly captures: Readonly<Record<string, string>>;
  /** The tool result the turn's conditions looked at, parsed; `undefined` without one. */
  readonly json: Json | undefined;
  /** What earlier turns of the conversation, and this one, saved. */
  readonly vars: Readonly<Record<string, Json>>;
};

export type Filled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly missing: string };

const anyTemplate = /\\?\{\{(.*?)\}\}|\\\{\{/gs;
const reference = /^\s*([A-Za-z_]\w*)((?:\.[\w-]+)*)\s*(?:\|\s*(number|json)\s*)?$/;

type Reference = {
  readonly root: string;
  readonly path: string;
  readonly filter: string | undefined;
};

/**
 * Every reference in a text, for checking a script before it runs.
 *
 * @returns references, and the templates that are not well formed as `bad`
 */
export function referencesIn(text: string): {
  readonly references: readonly Reference[];
  readonly bad: readonly string[];
} {
  const references: Reference[] = [];
  const bad: string[] = [];
  for (const [whole, inside] of text.matchAll(anyTemplate)) {
    if (whole.startsWith("\\")) continue;
    const found = readReference(inside ?? "");
    if (found) references.push(found);
    else bad.push(whole);
  }
  return { references, bad };
}

function readReference(inside: string): Reference | null {
  const [, root, path, filter] = reference.exec(inside) ?? [];
  return root === undefined ? null : { root, path: (path ?? "").slice(1), filter };
}

/** Fills every text inside a JSON value. A text that is one template alone takes the value's type. */
export function fill(value: Json, scope: Scope): Filled<Json> {
  if (typeof value === "string") return fillText(value, scope);
  if (typeof value !== "object" || value === null) return { ok: true, value };
  const filled = Object.entries(value).map(([key, item]) => [key, fill(item, scope)] as const);
  const entries: [string, Json][] = [];
  for (const [key, item] of filled) {
    if (!item.ok) return item;
    entries.push([key, item.value]);
  }
  return {
    ok: true,
    value: Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries),
  };
}

/** Fills one text; values that are not text are written as JSON. */
export function fillString(text: string, scope: Scope): Filled<string> {
  let missing: string | null = null;
  const value = text.replaceAll(anyTemplate, (whole: string, inside?: string) => {
    if (whole.startsWith("\\")) return whole.slice(1);
    const found = resolve(inside ?? "", scope);
    if (found.ok)
      return typeof found.value === "string" ? found.value : JSON.stringify(found.value);
    missing ??= found.missing;
    return "";
  });
  return missing === null ? { ok: true, value } : { ok: false, missing };
}

function fillText(text: string, scope: Scope): Filled<Json> {
  const matches = [...text.matchAll(anyTemplate)];
  const [only] = matches;
  const alone = matches.length === 1 && only?.[0] === text && !text.startsWith("\\");
  return alone ? resolve(only?.[1] ?? "", scope) : fillString(text, scope);
}

function resolve(inside: string, scope: Scope): Filled<Json> {
  const found = readReference(inside);
  if (!found) return { ok: false, missing: `{{${inside}}} is not a template` };
  const value = valueFor(found, scope);
  if (value === undefined) return { ok: false, missing: `{{${inside.trim()}}} has no value here` };
  return filtered(value, found.filter, inside.trim());
}

function valueFor({ root, path }: Reference, { captures, json, vars }: Scope): Json | undefined {
  if (root === "json") return lookUp(json, path);
  if (root === "vars") return lookUp(vars, path);
  return path === "" ? captures[root] : undefined;
}

function filtered(value: Json, filter: string | undefined, inside: string): Filled<Json> {
  if (filter === "json") return { ok: true, value: JSON.stringify(value) };
  if (filter !== "number") return { ok: true, value };
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number)
    ? { ok: true, value: number }
    : { ok: false, missing: `{{${inside}}}: ${JSON.stringify(value)} is not a number` };
}
