import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../support/sources.ts";
import { readSettings, renderEnvExample } from "./env-example.ts";

export type GeneratedDocument = {
  /** The script that writes it: `npm run docs:env`. */
  readonly script: string;
  readonly path: string;
  readonly render: () => string;
};

/** Every document that a program writes. */
export const documents: readonly GeneratedDocument[] = [
  { script: "env", path: ".env.example", render: () => renderEnvExample(readSettings()) },
];

export function readDocument(path: string): string {
  return readFileSync(join(REPOSITORY, path), "utf8");
}

export function writeDocument({ path, render }: GeneratedDocument): void {
  writeFileSync(join(REPOSITORY, path), render());
}
