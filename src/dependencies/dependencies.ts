import type { EpicView } from "../domain/epic-view.ts";
import { type SetupTrust, trustName } from "../domain/setup.ts";
import type { DependencySet } from "../ports/dependencies.ts";
import type { Git } from "../ports/git.ts";
import type { Broker, Sandbox } from "../ports/host.ts";
import { type Wishes, wishesOf } from "./setup-wishes.ts";

// Which set of dependencies a tree gets, and on whose word it is built.

export type Provided =
  /** The tree asks for none. */
  | { readonly kind: "none" }
  | { readonly kind: "ready"; readonly set: DependencySet }
  /** What the repository says cannot be set up; `output` is for whoever can mend it. */
  | { readonly kind: "failed"; readonly output: string }
  /** This host sets nothing up; the operator has to mend that. */
  | { readonly kind: "refused"; readonly reason: string }
  /** `tries` in a row failed for reasons that are not the tree's. */
  | { readonly kind: "weather"; readonly reason: string; readonly tries: number };

export type Dependencies = {
  /** Makes the set of a tree when this host has none. A tree is a task's, or the epic's: null. */
  readonly forTree: (
    view: EpicView,
    tree: { readonly sha: string; readonly task: number | null },
  ) => Promise<Provided>;
};

export type DependenciesOptions = {
  readonly git: Pick<Git, "list" | "readFile" | "worktree">;
  readonly sandbox: Pick<Sandbox, "setup">;
  readonly broker: Pick<Broker, "openRegistries" | "close">;
  /** What sets a tree up instead of what its lock files say; null: nothing. */
  readonly setupCommand: string | null;
  /** Told what happened, for logs. */
  readonly onSetup: (what: string, facts: object) => void;
};

type Source = { readonly sha: string; readonly trust: SetupTrust };

export function createDependencies(options: DependenciesOptions): Dependencies {
  const { git, setupCommand: command, onSetup } = options;
  /** Failures in a row that were not the tree's, by the inputs of a setup. */
  const tries = new Map<string, number>();
  return {
    forTree: async (view, tree) => {
      const { repository } = view.epic;
      const wishes = await wishesOf(git, repository, { sha: tree.sha, command });
      if (wishes === null) return { kind: "none" };
      const source = await sourceOf(view, tree, wishes, options);
      const inputs = [`repository ${repository.id}`, trustName(source.trust), ...wishes.inputs];
      const result = await provide(view, { wishes, source, inputs }, options);
      const name = inputs.join("\n");
      if (result.kind !== "weather") tries.delete(name);
      if (result.kind === "ready")
        return { ...result, set: await besideFilesOf(view, tree.sha, result.set, options) };
      const facts = { epic: view.epic.id, ...tree, trust: trustName(source.trust) };
      onSetup(`setup.${result.kind}`, { ...facts, why: lastWords(result) });
      if (result.kind !== "weather") return result;
      const count = 1 + (tries.get(name) ?? 0);
      tries.set(name, count);
      return { ...result, tries: count };
    },
  };
}

/** From the base's files where they want the same, then from the epic's, then from the tree's own. */
async function sourceOf(
  view: EpicView,
  { sha, task }: { readonly sha: string; readonly task: number | null },
  wishes: Wishes,
  { git, setupCommand: command }: DependenciesOptions,
): Promise<Source> {
  const { id: epic, repository, baseSha, tipSha } = view.epic;
  const wantsTheSame = async (other: string | null): Promise<boolean> => {
    if (other === null) return false;
    const theirs = await wishesOf(git, repository, { sha: other, command });
    return theirs !== null && theirs.inputs.join("\n") === wishes.inputs.join("\n");
  };
  if (baseSha !== null && (await wantsTheSame(baseSha)))
    return { sha: baseSha, trust: { kind: "base" } };
  if (task === null) return { sha, trust: { kind: "epic", epic } };
  if (tipSha !== null && (await wantsTheSame(tipSha)))
    return { sha: tipSha, trust: { kind: "epic", epic } };
  return { sha, trust: { kind: "task", epic, task } };
}

/** What another tree's setup made must hide nothing that this one has under version control. */
async function besideFilesOf(
  view: EpicView,
  sha: string,
  set: DependencySet,
  { git }: DependenciesOptions,
): Promise<DependencySet> {
  const { repository } = view.epic;
  const parents = new Set(set.paths.map(({ path }) => path.split("/").slice(0, -1).join("/")));
  const below = [...parents].filter((parent) => parent !== "");
  const entries = [
    ...(await git.list(repository, { sha, folders: [""] })),
    ...(await git.list(repository, { sha, folders: below })),
  ];
  const kept = new Set(entries.map(({ path }) => path));
  return { ...set, paths: set.paths.filter(({ path }) => !kept.has(path)) };
}

async function provide(
  view: EpicView,
  what: {
    readonly wishes: Wishes;
    readonly source: Source;
    readonly inputs: readonly string[];
  },
  { git, sandbox, broker, onSetup }: DependenciesOptions,
) {
  const { wishes, source, inputs } = what;
  const { mirror } = git.worktree(view.epic.repository, "setup");
  const { command, tools } = wishes.setup;
  const trust = trustName(source.trust);
  return await sandbox.setup({
    inputs,
    mirror,
    tree: source.sha,
    command,
    tools,
    openRegistries: async (name, forMs) => {
      onSetup("setup.begins", { epic: view.epic.id, command, tree: source.sha, trust });
      return await broker.openRegistries(name, forMs);
    },
    closeRegistries: broker.close,
  });
}

const LAST_WORDS = 500;

function lastWords(
  result:
    | { readonly kind: "failed"; readonly output: string }
    | { readonly kind: "weather" | "refused"; readonly reason: string },
): string {
  return (result.kind === "failed" ? result.output : result.reason).slice(-LAST_WORDS);
}
