import { appendFileSync } from "node:fs";
import type { Json } from "../json.ts";

/** One line of a recording: an answer of the API, or a webhook as it was sent. */
export type RecordedLine =
  | {
      readonly kind: "response";
      readonly method: string;
      readonly template: string;
      readonly path: string;
      readonly status: number;
      readonly request: unknown;
      readonly body: Json | null;
    }
  | {
      readonly kind: "webhook";
      readonly event: string;
      readonly action: string | null;
      readonly payload: unknown;
    };

/** Appends lines of JSON to a file; without a file it records nothing. */
export function createRecorder(file: string | null): (line: RecordedLine) => void {
  return (line) => {
    if (file !== null) appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
}
