import { parseRegistries } from "../../lib/registries.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What points the broker at the registry that this machine's npm uses: set-up came from there, and
 * the public one may not be reachable. What is given wins; an address with credentials is not taken.
 */
export function registryVariables(environment: Environment): Readonly<Record<string, string>> {
  const given = passed(environment, [
    ...["REGISTRIES", "REGISTRY_PRIVATE_HOSTS", "REGISTRY_MAX_BYTES", "REGISTRY_TIMEOUT_MS"],
  ]);
  // Of the machine's own certificates, which its registry may need.
  const trust = passed(environment, ["NODE_EXTRA_CA_CERTS"]);
  // Set by `npm run` where it is not the default.
  const own = environment["npm_config_registry"] ?? "";
  if ("REGISTRIES" in given || !isRegistry(own)) return { ...trust, ...given };
  const { hostname } = new URL(own);
  return { ...trust, REGISTRIES: `npm=${own}`, REGISTRY_PRIVATE_HOSTS: hostname, ...given };
}

function isRegistry(url: string): boolean {
  try {
    return url !== "" && parseRegistries(`npm=${url}`).length > 0;
  } catch {
    return false; // Credentials, or no address: not for a cell.
  }
}

function passed(environment: Environment, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value ? [[name, value]] : [];
    }),
  );
}
