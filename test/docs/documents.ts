import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../support/sources.ts";
import { readSettings, renderEnvExample } from "./env-example.ts";
import { renderPicture } from "./picture.ts";
import { readRecordedRun } from "./recorded-run.ts";
import { renderReference } from "./reference.ts";
import { renderStates } from "./states.ts";

export type GeneratedDocument = {
  /** The script that writes it: `npm run docs:env`. */
  readonly script: string;
  readonly path: string;
  readonly render: () => Promise<string>;
};

/** Every document that a program writes. */
export const documents: readonly GeneratedDocument[] = [
  { script: "env", path: ".env.example", render: async () => renderEnvExample(readSettings()) },
  { script: "reference", path: "docs/API_REFERENCE.md", render: renderReference },
  { script: "reference", path: "docs/STATES.md", render: async () => renderStates() },
  {
    script: "picture",
    path: "docs/picture.svg",
    render: async () => renderPicture(readRecordedRun()),
  },
];

export function readDocument(path: string): string {
  return readFileSync(join(REPOSITORY, path), "utf8");
}

export async function writeDocument({ path, render }: GeneratedDocument): Promise<void> {
  writeFileSync(join(REPOSITORY, path), await render());
}
