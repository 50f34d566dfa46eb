import { createPrivateKey } from "node:crypto";
import type { Config } from "../config.ts";
import { error, type Fault } from "./fault.ts";

/** Whether the App's key is one; GitHub alone knows whether it is the right one. */
export function checkPrivateKey({ PRIVATE_KEY: key }: Config): readonly Fault[] {
  if (key === undefined) return [];
  try {
    createPrivateKey(key.reveal().replaceAll("\\n", "\n"));
    return [];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return [
      error(
        "PRIVATE_KEY",
        `is no private key (${reason}); set PRIVATE_KEY_FILE to the PEM file that GitHub gave you`,
      ),
    ];
  }
}
