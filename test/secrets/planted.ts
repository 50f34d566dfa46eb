import type { Canary } from "../support/invariants/canaries.ts";
import { canaryOf } from "./demo-secrets.ts";

// Values that are planted to be found, each in another form.

const values = {
  plain: "planted-plain-5f0c1e77",
  base64: "planted-base64-90b1d2a4",
  hex: "planted-hexadecimal-3e8a",
  url: "planted/url+encoded=77c0",
  reversed: "planted-reversed-b64d9a1",
} as const;

/** What to look for. */
export const plantedCanaries: readonly Canary[] = Object.entries(values).map(([form, value]) =>
  canaryOf(form, value),
);

/** Each value in its form; their letters may stand in a branch's name. */
export const plantedPieces: readonly string[] = [
  values.plain,
  // Not at its beginning: that is what others write before it.
  Buffer.from(`a ${values.base64} b`).toString("base64").replaceAll("=", ""),
  Buffer.from(values.hex).toString("hex"),
  encodeURIComponent(values.url),
  [...values.reversed].reverse().join(""),
];

export const plantedText = plantedPieces.join("_");
