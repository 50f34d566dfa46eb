import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type Canary, canariesOf } from "../support/invariants/canaries.ts";
import type { DemoFolders } from "./places.ts";

// What is secret in a demo, from where the demo itself keeps it.

const runFile = z.object({
  modelKey: z.string(),
  brokerSecret: z.string(),
  stage: z
    .object({
      privateKey: z.string(),
      webhookSecret: z.string(),
      person: z.object({ token: z.string() }),
    })
    .nullable(),
});

type Secret = { readonly name: string; readonly value: string };

/** How many lines of a key are looked for: no text holds one line by chance. */
const keyLines = 4;

/** Remembers every secret it has seen: tokens come and go while the demo runs. */
export function collectSecrets(folders: DemoFolders): () => readonly Canary[] {
  const known = new Map<string, Canary>();
  return () => {
    for (const { name, value } of [
      ...fixedSecrets(folders),
      ...tokens(folders),
      ...lifeTokens(folders),
    ])
      if (!known.has(value)) known.set(value, canaryOf(name, value));
    return [...known.values()];
  };
}

/** What a demo must have had of secrets, for a search that knows none of a kind proves nothing. */
const expected: readonly string[] = [
  "the model's key",
  "the broker's secret",
  "the webhook secret",
  "the person's token",
  "the database password",
  "the App's key",
  "installation token",
  "the token of r1-supervisor",
  "the token of r1-worker",
];

/** Which kinds of secrets were never seen. */
export function unseenSecrets(seen: readonly Canary[]): readonly string[] {
  return expected.filter((kind) => !seen.some(({ name }) => name.startsWith(kind)));
}

/** The name of the token of a life, which may stand in its own cell's file alone. */
export function lifeTokenName(life: string): string {
  return `the token of ${life}`;
}

/** A canary by its name, never by its value: what is reported must be harmless. */
export function canaryOf(name: string, value: string): Canary {
  return { name, forms: canariesOf([value]).flatMap(({ forms }) => forms) };
}

function fixedSecrets({ data }: DemoFolders): readonly Secret[] {
  const { modelKey, brokerSecret, stage } = runFile.parse(
    JSON.parse(readFileSync(join(data, "run.json"), "utf8")),
  );
  const database = new URL(readFileSync(join(data, "secrets", "database-url"), "utf8").trim());
  const key = (stage?.privateKey ?? "").split("\n").filter((line) => line.length >= 60);
  return [
    { name: "the model's key", value: modelKey },
    { name: "the broker's secret", value: brokerSecret },
    { name: "the webhook secret", value: stage?.webhookSecret ?? "" },
    { name: "the person's token", value: stage?.person.token ?? "" },
    { name: "the database password", value: decodeURIComponent(database.password) },
    // Its first lines are the public key.
    ...key
      .slice(Math.floor(key.length / 2))
      .slice(0, keyLines)
      .map((value) => ({ name: "the App's key", value })),
  ].filter(({ value }) => value !== "");
}

/** Every token GitHub has given to the App. */
function tokens({ data }: DemoFolders): readonly Secret[] {
  const db = new DatabaseSync(join(data, "github", "github.sqlite"), { readOnly: true });
  try {
    const rows = db.prepare("select doc from tokens").all();
    return rows.map(({ doc }) => {
      const { id, token } = z
        .object({ id: z.number(), token: z.string() })
        .parse(JSON.parse(String(doc)));
      return { name: `installation token ${id}`, value: token };
    });
  } finally {
    db.close();
  }
}

function lifeTokens({ lives }: DemoFolders): readonly Secret[] {
  return namesIn(lives).flatMap((life) => {
    try {
      const value = readFileSync(join(lives, life, "token"), "utf8").trim();
      return [{ name: lifeTokenName(life), value }];
    } catch {
      // It is gone meanwhile.
      return [];
    }
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
