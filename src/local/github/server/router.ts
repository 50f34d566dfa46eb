import type { Endpoint } from "./route.ts";

/** A route found for a path, with the path's parameters decoded. */
export type Match = {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
};

/**
 * Makes a function that finds the route of a method and path. Templates are GitHub's own; where two
 * fit, the one with more literal segments wins.
 */
export function createRouter(
  endpoints: readonly Endpoint[],
): (method: string, path: string) => Match | null {
  const compiled = endpoints.map(compile).sort((a, b) => b.literals - a.literals);
  return (method, path) => {
    for (const { endpoint, pattern, names } of compiled) {
      if (endpoint.method !== method) continue;
      const found = pattern.exec(path);
      if (found === null) continue;
      const params: Record<string, string> = {};
      for (const [index, name] of names.entries()) params[name] = decode(found[index + 1] ?? "");
      return { endpoint, params };
    }
    return null;
  };
}

function compile(endpoint: Endpoint) {
  const names: string[] = [];
  let literals = 0;
  const source = endpoint.template
    .split("/")
    .map((segment) => {
      const name = /^\{(.+)\}$/u.exec(segment)?.[1];
      if (name === undefined) {
        literals += 1;
        return segment.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
      }
      names.push(name);
      return endpoint.multiSegment.includes(name) ? "(.+)" : "([^/]+)";
    })
    .join("/");
  return { endpoint, names, literals, pattern: new RegExp(`^${source}/?$`, "u") };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken escape names nothing, and is answered with 404 as it stands
  }
}
