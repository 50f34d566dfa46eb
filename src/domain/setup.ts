// What setting a tree's dependencies up means, told from the names of its files.

/** A file of a tree by its name and its content's. */
export type TreeFile = { readonly name: string; readonly sha: string };

/** A folder of a tree, with its files; `""` is the root. */
export type TreeFolder = { readonly path: string; readonly files: readonly TreeFile[] };

export type Setup = {
  /** A shell line for the root of the tree. */
  readonly command: string;
  /** Programs whose versions the result depends on. */
  readonly tools: readonly string[];
  /** The files that the result depends on. */
  readonly inputs: readonly { readonly path: string; readonly sha: string }[];
};

type Ecosystem = {
  /** The first that is there decides. */
  readonly locks: readonly string[];
  readonly tools: readonly string[];
  readonly command: (names: ReadonlySet<string>) => string;
  /** Other files that the result depends on. */
  readonly settings: readonly string[];
};

/** Rust's package manager takes the place of its registry from a file alone. */
const CARGO_CONFIG = [
  "[source.crates-io]",
  'replace-with = "factory"',
  "[source.factory]",
  'registry = "sparse+http://127.0.0.1:4873/registry/crates/"',
].join("\\n");

const ECOSYSTEMS: readonly Ecosystem[] = [
  {
    locks: ["npm-shrinkwrap.json", "package-lock.json"],
    tools: ["node", "npm"],
    command: () => "npm ci",
    settings: ["package.json", ".npmrc"],
  },
  {
    locks: ["pnpm-lock.yaml"],
    tools: ["node", "pnpm"],
    command: () => "pnpm install --frozen-lockfile",
    settings: ["package.json", ".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs"],
  },
  {
    locks: ["yarn.lock"],
    tools: ["node", "yarn"],
    command: (names) =>
      names.has(".yarnrc.yml") ? "yarn install --immutable" : "yarn install --frozen-lockfile",
    settings: ["package.json", ".npmrc", ".yarnrc", ".yarnrc.yml"],
  },
  {
    locks: ["requirements.txt"],
    tools: ["python3"],
    command: () => "python3 -m pip install -r requirements.txt",
    settings: [],
  },
  {
    locks: ["go.sum", "go.mod"],
    tools: ["go"],
    command: () => "go mod download",
    settings: ["go.mod"],
  },
  {
    locks: ["Cargo.lock"],
    tools: ["cargo"],
    command: () =>
      `mkdir -p "$CARGO_HOME" && printf '${CARGO_CONFIG}\\n' >"$CARGO_HOME/config.toml" && cargo fetch --locked`,
    settings: ["Cargo.toml", "rust-toolchain.toml"],
  },
];

/** Only one package manager of a language sets a folder up. */
const SAME_LANGUAGE: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn"]);

/**
 * How a tree is set up: by the lock files of its root, or, where it has none there, of the folders
 * right below it.
 *
 * @param folders the root first
 * @param given what an operator says instead of the commands; null: nothing
 * @returns null where there is nothing to set up
 */
export function setupOf(folders: readonly TreeFolder[], given: string | null): Setup | null {
  const [root, ...below] = folders;
  const inRoot = root === undefined ? [] : setupsIn(root);
  const found = inRoot.length > 0 ? inRoot : below.flatMap(setupsIn);
  if (found.length === 0 && given === null) return null;
  const tools = found.flatMap((setup) => setup.tools);
  return {
    command: given ?? found.map(({ command }) => command).join(" && "),
    tools: [...new Set(given === null ? tools : [...tools, ...EVERY_TOOL])].sort(),
    inputs: found.flatMap(({ inputs }) => inputs),
  };
}

/** What a command of an operator's may use. */
const EVERY_TOOL = ECOSYSTEMS.flatMap(({ tools }) => tools);

function setupsIn({ path, files }: TreeFolder): readonly Setup[] {
  const names = new Set(files.map(({ name }) => name));
  const here = ECOSYSTEMS.filter(({ locks }) => locks.some((lock) => names.has(lock)));
  const first = here.find(isOfScripts);
  const chosen = here.filter((one) => !isOfScripts(one) || one === first);
  return chosen.map(({ locks, tools, command, settings }) => {
    const wanted = new Set([...locks, ...settings]);
    const line = command(names);
    return {
      tools,
      command: path === "" ? line : `(cd ${quoted(path)} && ${line})`,
      inputs: files
        .filter(({ name }) => wanted.has(name))
        .map(({ name, sha }) => ({ path: path === "" ? name : `${path}/${name}`, sha })),
    };
  });
}

function isOfScripts({ tools }: Ecosystem): boolean {
  return tools.some((tool) => SAME_LANGUAGE.has(tool));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Of a manifest, what an installation depends on: a script that is renamed installs nothing anew. */
const MANIFEST_FIELDS = [
  ...["name", "version", "dependencies", "devDependencies", "optionalDependencies"],
  ...["peerDependencies", "bundleDependencies", "overrides", "resolutions", "workspaces"],
  ...["packageManager", "engines", "pnpm", "allowScripts"],
] as const;
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepare"] as const;

/** @returns the part of a package.json that decides what is installed; the text itself when it is none */
export function manifestInputs(text: string): string {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest !== "object" || manifest === null) return text;
    const all = new Map<string, unknown>(Object.entries(manifest));
    const scripts = new Map<string, unknown>(Object.entries(all.get("scripts") ?? {}));
    return JSON.stringify([
      MANIFEST_FIELDS.map((name) => all.get(name) ?? null),
      INSTALL_SCRIPTS.map((name) => scripts.get(name) ?? null),
    ]);
  } catch {
    return text; // No JSON: its package manager will say so.
  }
}

/**
 * Whose word a set of dependencies is built on. A tree that wants what the base wants gets what was
 * built from the base's own files; what an agent changed is built from its own tree, for it alone.
 */
export type SetupTrust =
  | { readonly kind: "base" }
  | { readonly kind: "epic"; readonly epic: number }
  | { readonly kind: "task"; readonly epic: number; readonly task: number };

/** @returns one text per level, that no other level has */
export function trustName(trust: SetupTrust): string {
  switch (trust.kind) {
    case "base":
      return "base";
    case "epic":
      return `epic ${trust.epic}`;
    case "task":
      return `epic ${trust.epic} task ${trust.task}`;
    default:
      return trust satisfies never;
  }
}
