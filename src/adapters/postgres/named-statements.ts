import { createHash } from "node:crypto";
import type pg from "pg";

// PostgreSQL plans a statement anew whenever it is sent; one with a name it parses once for each
// connection, and plans a few times. What a process asks again and again gets a name.

/** A text that was sent so often is worth one. */
const asksBeforeName = 10;
/** Of texts that are counted, and so of names: what is put together anew each time shall fill nothing. */
const mostTexts = 500;
/**
 * A list of all columns grows with the table: a process that is older than a migration would be
 * refused its own statement for ever.
 */
const allColumns = /(?:select|returning|,)\s+(?:"?\w+"?\.)?\*/i;
/** Whatever is listed inside, these answer JSON and nothing else. */
const asJson = /^select \(select coalesce\(json_agg\(/;

export type NameStatements = (client: pg.ClientBase) => void;

/** @returns gives a connection's statements names, counted over all of a pool's connections */
export function createNaming(): NameStatements {
  const asked = new Map<string, { times: number; name: string | null }>();
  const nameOf = (text: string): string | null => {
    const known = asked.get(text);
    if (known === undefined) {
      if (asked.size < mostTexts) asked.set(text, { times: 1, name: null });
      return null;
    }
    known.times += 1;
    if (known.times === asksBeforeName && mayBeNamed(text))
      known.name = createHash("sha1").update(text).digest("hex");
    return known.name;
  };
  return (client) => {
    const send = client.query.bind(client);
    const named = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
      const name = typeof text === "string" && Array.isArray(values) ? nameOf(text) : null;
      const query = name === null ? [text, values] : [{ name, text, values }];
      return Reflect.apply(send, client, [...query, ...rest]);
    };
    // The cast: one function stands for all ways of calling it, and hands on what it was given.
    client.query = named as typeof client.query;
  };
}

function mayBeNamed(text: string): boolean {
  return asJson.test(text) || !allColumns.test(text);
}
