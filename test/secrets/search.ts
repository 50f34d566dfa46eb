import { createHash } from "node:crypto";
import { type Canary, canariesIn } from "../support/invariants/canaries.ts";
import type { DemoFolders, Place } from "./places.ts";

export type Search = {
  /** Looks at these places once. @returns what was found there that must not be */
  readonly look: (chosen: readonly Place[]) => Promise<readonly Finding[]>;
  /** How much was read in each kind of place so far, the same text once. */
  readonly read: ReadonlyMap<string, { readonly texts: number; readonly bytes: number }>;
};

export type Finding = { readonly kind: string; readonly what: string };

/** @param secrets what is secret by now, asked after the texts were read: no text is older than it */
export function createSearch(folders: DemoFolders, secrets: () => readonly Canary[]): Search {
  const read = new Map<string, { texts: number; bytes: number }>();
  const searched = new Set<string>();
  return {
    read,
    look: async (chosen) => {
      const texts = await Promise.all(
        chosen.map(async ({ kind, look }) => ({ kind, found: await look(folders) })),
      );
      const canaries = secrets();
      return texts.flatMap(({ kind, found }) =>
        found.flatMap(({ where, text, allowed = [] }) => {
          const hash = createHash("sha256").update(`${where}\n${text}\n${canaries.length}`);
          const key = hash.digest("base64");
          if (searched.has(key)) return [];
          searched.add(key);
          count(read, kind, text.length);
          const forbidden = canaries.filter(({ name }) => !allowed.includes(name));
          return canariesIn(text, forbidden).map(({ canary, encoding }) => ({
            kind,
            what: `${canary} (${encoding}) in ${where}`,
          }));
        }),
      );
    },
  };
}

function count(
  read: Map<string, { texts: number; bytes: number }>,
  kind: string,
  bytes: number,
): void {
  const before = read.get(kind) ?? { texts: 0, bytes: 0 };
  read.set(kind, { texts: before.texts + 1, bytes: before.bytes + bytes });
}
