import { DEFAULT_REGISTRIES, parseHosts, parseRegistries } from "../lib/registries.ts";
import type { RegistrySource } from "./registry-fetch.ts";
import { DEFAULT_REGISTRY_LIMITS } from "./registry-limits.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The registries of this broker, by the variables of `.env.example`.
 *
 * @throws {Error} naming the variable that is wrong
 */
export function readRegistrySource(environment: Environment): RegistrySource {
  const { maxBytes, timeoutMs } = DEFAULT_REGISTRY_LIMITS;
  return {
    registries: registriesOf(environment["REGISTRIES"]),
    privateHosts: parseHosts(environment["REGISTRY_PRIVATE_HOSTS"] ?? ""),
    limits: {
      ...DEFAULT_REGISTRY_LIMITS,
      maxBytes: positive(environment, "REGISTRY_MAX_BYTES", maxBytes),
      timeoutMs: positive(environment, "REGISTRY_TIMEOUT_MS", timeoutMs),
    },
  };
}

function registriesOf(given = DEFAULT_REGISTRIES): RegistrySource["registries"] {
  try {
    return parseRegistries(given);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`REGISTRIES: ${why}`, { cause });
  }
}

function positive(environment: Environment, name: string, otherwise: number): number {
  const text = environment[name]?.trim() ?? "";
  if (text === "") return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name}: ${text} is no whole number from 1`);
}
