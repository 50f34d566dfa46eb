/**
 * Blanks out what is not code, so that rules about code do not meet it: comments, the text of
 * strings, templates and regular expressions. Every character keeps its line and column.
 */
export function codeOnly(source: string): string {
  return blank(source, { comments: true, strings: true });
}

/** The same, but with strings kept: for rules about what is imported, called or named. */
export function withoutComments(source: string): string {
  return blank(source, { comments: true, strings: false });
}

type Wanted = { readonly comments: boolean; readonly strings: boolean };

// One alternative per kind of token; a template is cut at its `${`, and what is inside is code.
const TOKEN =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?<template>`)|(?<regex>(?<=[(,=:[!&|?{};\n>]\s*|\breturn\s+|^\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)|(?<open>\{)|(?<close>\})/g;

function blank(source: string, wanted: Wanted): string {
  let out = "";
  let at = 0;
  // How many braces are open in each `${` we are in.
  const nested: number[] = [];
  const keep = (to: number): void => {
    out += source.slice(at, to);
    at = to;
  };
  const drop = (to: number): void => {
    out += source.slice(at, to).replace(/[^\n]/g, " ");
    at = to;
  };
  const token = new RegExp(TOKEN);
  for (token.lastIndex = 0; ; token.lastIndex = at) {
    const match = token.exec(source);
    if (!match) break;
    const { comment, string, template, regex, open } = match.groups ?? {};
    keep(match.index);
    const end = match.index + match[0].length;
    const depth = nested.length - 1;
    if (comment !== undefined) drop(end);
    else if (string !== undefined || regex !== undefined) {
      if (wanted.strings) dropInside(end);
      else keep(end);
    } else if (template !== undefined) readTemplate(end);
    else if (open !== undefined) {
      if (depth >= 0) nested[depth] = (nested[depth] ?? 0) + 1;
      keep(end);
    } else if (depth >= 0 && nested[depth] === 0) {
      nested.pop();
      readTemplate(end);
    } else {
      if (depth >= 0) nested[depth] = (nested[depth] ?? 0) - 1;
      keep(end);
    }
  }
  keep(source.length);
  return out;

  function dropInside(end: number): void {
    keep(at + 1);
    drop(end - 1);
    keep(end);
  }

  function readTemplate(start: number): void {
    keep(start);
    const stop = /(?<!\\)(?:\\\\)*(`|\$\{)/g;
    stop.lastIndex = start;
    const found = stop.exec(source);
    const end = found ? found.index + found[0].length : source.length;
    if (wanted.strings) drop(end - (found?.[1]?.length ?? 0));
    keep(end);
    if (found?.[1] === "${") nested.push(0);
  }
}
