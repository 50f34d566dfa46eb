// What setting a tree's dependencies up means, told from the names of its files.

/** A folder of a tree, with the names of its files; `""` is the root. */
export type TreeFolder = { readonly path: string; readonly files: readonly string[] };

export type Setup = {
  /** A shell line for the root of the tree. */
  readonly command: string;
  /** Programs whose versions the result depends on. */
  readonly tools: readonly string[];
  readonly inputs: InputNames;
};

/** The files of a tree that the result depends on, wherever they are in it. */
export type InputNames = {
  readonly names: readonly string[];
  readonly endings: readonly string[];
  /** With all in them. */
  readonly folders: readonly string[];
  /** Paths of lists of requirements, which may name further files. */
  readonly lists: readonly string[];
};

type Ecosystem = Omit<InputNames, "lists"> & {
  /** The first that is there decides. */
  readonly locks: readonly string[];
  readonly tools: readonly string[];
  readonly command: (names: ReadonlySet<string>) => string;
};

const REQUIREMENTS = "requirements.txt";
/** Programs that pnpm runs while it installs. */
export const PNPM_FILES = [".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js"] as const;

/** Rust's package manager takes the place of its registry from a file alone. */
const CARGO_CONFIG = [
  "[source.crates-io]",
  'replace-with = "factory"',
  "[source.factory]",
  'registry = "sparse+http://127.0.0.1:4873/registry/crates/"',
].join("\\n");

/** Workspaces have manifests of their own; packages may be files of the tree, or mended by them. */
const OF_SCRIPTS = {
  names: ["package.json", ".npmrc", ".nvmrc", ".node-version", ".tool-versions"],
  endings: [".tgz", ".patch"],
  folders: [],
} as const;

const ECOSYSTEMS: readonly Ecosystem[] = [
  {
    ...OF_SCRIPTS,
    locks: ["npm-shrinkwrap.json", "package-lock.json"],
    tools: ["node", "npm"],
    command: () => "npm ci",
  },
  {
    ...OF_SCRIPTS,
    locks: ["pnpm-lock.yaml"],
    tools: ["node", "pnpm"],
    command: () => "pnpm install --frozen-lockfile",
    names: [...OF_SCRIPTS.names, "pnpm-workspace.yaml", ...PNPM_FILES],
  },
  {
    ...OF_SCRIPTS,
    locks: ["yarn.lock"],
    tools: ["node", "yarn"],
    command: (names) =>
      names.has(".yarnrc.yml") ? "yarn install --immutable" : "yarn install --frozen-lockfile",
    names: [...OF_SCRIPTS.names, ".yarnrc", ".yarnrc.yml"],
    folders: [".yarn"],
  },
  {
    locks: [REQUIREMENTS],
    tools: ["python3"],
    command: () => `python3 -m pip install -r ${REQUIREMENTS}`,
    names: ["pyproject.toml", "setup.py", "setup.cfg", ".python-version", ".tool-versions"],
    endings: [".whl"],
    folders: [],
  },
  {
    locks: ["go.sum", "go.mod"],
    tools: ["go"],
    command: () => "go mod download",
    names: ["go.work", "go.work.sum", ".tool-versions"],
    endings: [],
    folders: [],
  },
  {
    locks: ["Cargo.lock"],
    tools: ["cargo"],
    command: () =>
      `mkdir -p "$CARGO_HOME" && printf '${CARGO_CONFIG}\\n' >"$CARGO_HOME/config.toml" && cargo fetch --locked`,
    names: ["Cargo.toml", "rust-toolchain.toml", "rust-toolchain", ".tool-versions"],
    endings: [],
    folders: [".cargo"],
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
  const inputs = found.map((setup) => setup.inputs);
  return {
    command: given ?? found.map(({ command }) => command).join(" && "),
    tools: [...new Set(given === null ? tools : [...tools, ...EVERY_TOOL])].sort(),
    inputs: {
      names: inputs.flatMap(({ names }) => names),
      endings: inputs.flatMap(({ endings }) => endings),
      folders: inputs.flatMap((one) => one.folders),
      lists: inputs.flatMap(({ lists }) => lists),
    },
  };
}

/** What a command of an operator's may use. */
const EVERY_TOOL = ECOSYSTEMS.flatMap(({ tools }) => tools);

function setupsIn({ path, files }: TreeFolder): readonly Setup[] {
  const names = new Set(files);
  const here = ECOSYSTEMS.filter(({ locks }) => locks.some((lock) => names.has(lock)));
  const first = here.find(isOfScripts);
  const chosen = here.filter((one) => !isOfScripts(one) || one === first);
  return chosen.map(({ locks, tools, command, names: others, endings, folders }) => {
    const line = command(names);
    const list = path === "" ? REQUIREMENTS : `${path}/${REQUIREMENTS}`;
    const lists = locks.includes(REQUIREMENTS) ? [list] : [];
    return {
      tools,
      command: path === "" ? line : `(cd ${quoted(path)} && ${line})`,
      inputs: { names: [...locks, ...others], endings, folders, lists },
    };
  });
}

function isOfScripts({ tools }: Ecosystem): boolean {
  return tools.some((tool) => SAME_LANGUAGE.has(tool));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
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
