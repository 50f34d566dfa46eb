/** A package registry that cells may be let to read, by the name it has in their paths. */
export type Registry = {
  /** `[a-z0-9-]+`. */
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
};

/** What is there unless an operator says otherwise. */
export const DEFAULT_REGISTRIES = [
  "npm=https://registry.npmjs.org",
  "pypi=https://pypi.org",
  "pypi-files=https://files.pythonhosted.org",
  "go=https://proxy.golang.org",
  "crates=https://index.crates.io",
  "crates-files=https://static.crates.io",
].join(",");

const ENTRY = /^([a-z0-9][a-z0-9-]{0,39})=(\S+)$/;
const OFF = "off";

/**
 * Reads a list `name=url,name=url`. An entry takes the place of the default of that name, `name=off`
 * takes it away; the others stay.
 *
 * @throws {Error} naming the entry that is none; never shows credentials
 */
export function parseRegistries(given: string): readonly Registry[] {
  const urls = new Map<string, string>();
  for (const entry of `${DEFAULT_REGISTRIES},${given}`.split(",")) {
    if (entry.trim() === "") continue;
    const [, name, url] = ENTRY.exec(entry.trim()) ?? [];
    if (name === undefined || url === undefined) {
      throw new Error("a registry is written name=url, or name=off, with commas between them");
    }
    if (url === OFF) urls.delete(name);
    else urls.set(name, registryUrl(name, url));
  }
  return [...urls].map(([name, url]) => ({ name, url }));
}

function registryUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`the registry ${name} has no address that starts with http:// or https://`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new Error(`the registry ${name}: an address without credentials, query and fragment`);
  }
  return url.href.replace(/\/+$/, "");
}

/** Reads a list of host names with commas between them. */
export function parseHosts(given: string): ReadonlySet<string> {
  const hosts = given.split(",").map((host) => host.trim().toLowerCase());
  return new Set(hosts.filter((host) => host !== ""));
}
