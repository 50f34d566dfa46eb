import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import type { Registry } from "../lib/registries.ts";

// Some registries name their files by whole addresses in their index: Python's simple pages and the
// configuration of Rust's sparse index. A cell reaches those only under this broker's own paths.

const INDEX_OF: Readonly<Record<string, RegExp>> = {
  pypi: /^(text\/html|application\/vnd\.pypi\.simple\.v1\+(html|json))\b/,
  crates: /^(application\/json|text\/plain|binary\/octet-stream|application\/octet-stream)\b/,
};
const CRATES_CONFIG = /\/config\.json$/;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Whether addresses in this answer are rewritten before it is passed on. */
export function isIndex(registry: Registry, url: URL, reply: IncomingMessage): boolean {
  if (reply.statusCode !== 200) return false;
  if (registry.name === "crates" && !CRATES_CONFIG.test(url.pathname)) return false;
  return INDEX_OF[registry.name]?.test(reply.headers["content-type"] ?? "") ?? false;
}

/**
 * The text that flows through, with the addresses of all registries as paths of the door that was
 * asked. Of the text itself it keeps less than one address: a cell may ask for many indexes at once.
 *
 * @param door `http://host:port`, as the cell wrote it
 */
export function rewriteIndex(registries: readonly Registry[], door: string): Transform {
  // The longest first: an address may begin with another one. Latin 1 keeps every byte as it is.
  const byLength = registries.toSorted((one, other) => other.url.length - one.url.length);
  const places = new Map(byLength.map(({ name, url }) => [`${url}/`, `${door}/registry/${name}/`]));
  const escaped = [...places.keys()].map((address) => address.replace(SPECIAL, "\\$&"));
  const addresses = new RegExp(escaped.join("|"), "g");
  const longest = Math.max(0, ...[...places.keys()].map(({ length }) => length));
  let rest = "";
  /** Everything before `end`; what begins there or later may go on in the next chunk. */
  const upTo = (end: number): Buffer => {
    let done = 0;
    let written = "";
    for (const { 0: address, index } of rest.matchAll(addresses)) {
      if (index >= end) break;
      written += rest.slice(done, index) + places.get(address);
      done = index + address.length;
    }
    const cut = Math.max(done, end);
    written += rest.slice(done, cut);
    rest = rest.slice(cut);
    return Buffer.from(written, "latin1");
  };
  return new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      rest += chunk.toString("latin1");
      next(null, upTo(Math.max(0, rest.length - longest + 1)));
    },
    flush: (next) => next(null, upTo(rest.length)),
  });
}
