import type { IncomingMessage } from "node:http";
import type { Registry } from "../lib/registries.ts";
import { RegistryRefusal } from "./registry-fetch.ts";

// Some registries name their files by whole addresses in their index: Python's simple pages and the
// configuration of Rust's sparse index. A cell reaches those only under this broker's own paths.

const INDEX_OF: Readonly<Record<string, RegExp>> = {
  pypi: /^(text\/html|application\/vnd\.pypi\.simple\.v1\+(html|json))\b/,
  crates: /^(application\/json|text\/plain|binary\/octet-stream|application\/octet-stream)\b/,
};
const CRATES_CONFIG = /\/config\.json$/;

/** Whether addresses in this answer are rewritten before it is passed on. */
export function isIndex(registry: Registry, url: URL, reply: IncomingMessage): boolean {
  if (reply.statusCode !== 200) return false;
  if (registry.name === "crates" && !CRATES_CONFIG.test(url.pathname)) return false;
  return INDEX_OF[registry.name]?.test(reply.headers["content-type"] ?? "") ?? false;
}

/**
 * The answer's text with the addresses of all registries as paths of the door that was asked.
 *
 * @param door `http://host:port`, as the cell wrote it
 */
export async function rewrittenIndex(
  reply: IncomingMessage,
  { registries, door }: { readonly registries: readonly Registry[]; readonly door: string },
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      reply.destroy();
      throw new RegistryRefusal(502, `the index is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return Buffer.from(
    registries.reduce(
      (rest, { name, url }) => rest.replaceAll(`${url}/`, `${door}/registry/${name}/`),
      text,
    ),
  );
}
