/** What a tree from a cell may hold. Settings may replace each. */
export type TreeRules = {
  readonly maxFileBytes: number;
  readonly maxChangedPaths: number;
  /** Names of files and folders that no agent changes by itself, anywhere in the tree, in any case. */
  readonly protectedNames: readonly string[];
  /** Names of lock files: a change of nothing else is protected. */
  readonly lockFiles: readonly string[];
  /** Whether a symbolic link that stays inside the tree needs a human as well. */
  readonly protectSymlinks: boolean;
};

export const defaultTreeRules: TreeRules = {
  maxFileBytes: 5 * 1024 * 1024,
  maxChangedPaths: 5_000,
  protectSymlinks: false,
  protectedNames: [
    // What runs, or says who must review, on the forge.
    ".github",
    ".gitlab-ci.yml",
    ".circleci",
    "CODEOWNERS",
    // What git, package managers and hooks obey.
    ".gitattributes",
    ".gitmodules",
    ".gitconfig",
    ".lfsconfig",
    ".mailmap",
    ".husky",
    ".githooks",
    ".pre-commit-config.yaml",
    "lefthook.yml",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnpmfile.cjs",
    ".pypirc",
    "pip.conf",
    ".envrc",
    // What instructs or equips agents.
    "CLAUDE.md",
    "CLAUDE.local.md",
    "AGENTS.md",
    "AGENTS.override.md",
    "AGENT.md",
    "GEMINI.md",
    "SKILL.md",
    ".claude",
    ".claude.json",
    ".agents",
    ".codex",
    ".gemini",
    ".cursor",
    ".cursorrules",
    ".windsurf",
    ".windsurfrules",
    ".clinerules",
    ".roo",
    ".aider.conf.yml",
    ".mcp.json",
    "copilot-instructions.md",
  ],
  lockFiles: [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "Cargo.lock",
    "Gemfile.lock",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "composer.lock",
    "go.sum",
  ],
};
