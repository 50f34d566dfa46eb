import { redactShapes } from "../../lib/redact.ts";
import type { Db, Tx } from "./database.ts";

/** Writes a row of the decision log; whatever token-shaped text its detail holds is taken out (A11). */
export async function logDecision(
  db: Db | Tx,
  epicId: number,
  row: { readonly agent: string | null; readonly what: string; readonly detail: unknown },
): Promise<void> {
  const detail = JSON.stringify(redacted(row.detail));
  await db
    .insertInto("decisions")
    .values({ epic_id: epicId, agent: row.agent, what: row.what, detail })
    .execute();
}

/** Token-shaped text never reaches the log, whoever wrote it and however deep it stands. */
export function redacted(value: unknown): unknown {
  if (typeof value === "string") return redactShapes(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, redacted(part)]));
}
