import { createHash } from "node:crypto";
import type { EpicView } from "../domain/epic-view.ts";
import { type SetupTrust, trustName } from "../domain/setup.ts";
import type { Clock } from "../lib/clock.ts";
import type { DependencySet, SetupRequest, SetupResult } from "../ports/dependencies.ts";
import type { Git } from "../ports/git.ts";
import type { Broker, Sandbox } from "../ports/host.ts";
import { remember } from "./remember.ts";
import { createWishReader, type ReadWishes, type Wishes } from "./setup-wishes.ts";
import { createSetups, type Outcome, type Standing } from "./setups.ts";
import type { InputSettings } from "./tree-inputs.ts";

// Which set of dependencies a tree gets, and on whose word it is built.

export type Provided =
  /** The tree asks for none. */
  | { readonly kind: "none" }
  | { readonly kind: "ready"; readonly set: DependencySet }
  /** What the repository says cannot be set up; `output` is for whoever can mend it. */
  | { readonly kind: "failed"; readonly output: string }
  /** This host sets nothing up; the operator has to mend that. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It failed for reasons that are not the tree's. */
  | Extract<Outcome, { readonly kind: "weather" }>;

/** Its setup is not over: `reason` is for people. */
export type Making = { readonly kind: "making"; readonly reason: string };

/** A task's, or the epic's: null. */
export type Tree = { readonly sha: string; readonly task: number | null };

export type Dependencies = {
  /** The name of the set that a tree gets on this host, made or not; null: it asks for none. */
  readonly keyOf: (view: EpicView, tree: Tree) => Promise<string | null>;
  /** Makes the set of a tree when this host has none, and waits for it. */
  readonly forTree: (view: EpicView, tree: Tree) => Promise<Provided>;
  /** Gives what is there. What is not is begun, beside everything else. */
  readonly withoutWaiting: (view: EpicView, tree: Tree) => Promise<Provided | Making>;
  /** Whether a setup that was begun for this very tree goes on; a look that costs nothing. */
  readonly inTheMaking: (view: EpicView, tree: Tree) => Making | null;
};

export type DependenciesOptions = {
  readonly git: Pick<Git, "list" | "listAll" | "readFile" | "worktree">;
  readonly sandbox: Pick<Sandbox, "setup" | "knownSetup" | "setupKey">;
  readonly broker: Pick<Broker, "openRegistries" | "close">;
  readonly inputs: InputSettings;
  /** Setups that this process runs at once. */
  readonly atOnce: number;
  readonly clock: Clock;
  /** Told what happened, for logs. */
  readonly onSetup: (what: string, facts: object) => void;
};

type Source = { readonly sha: string; readonly trust: SetupTrust };

export function createDependencies(options: DependenciesOptions): Dependencies {
  const setups = createSetups(options);
  const wishesOf = createWishReader(options.git, options.inputs);
  /** The names of the setups that trees wait for. */
  const awaited = new Map<string, string>();
  const makingOf = (name: string): Making | null => {
    const standing = setups.standing(name);
    return standing === null || standing.kind === "weather" ? null : making(standing, options);
  };
  return {
    keyOf: async (view, tree) => {
      const asked = await askedFor(view, tree, wishesOf, options);
      return asked === null ? null : await options.sandbox.setupKey(asked.request);
    },
    forTree: async (view, tree) => {
      const asked = await askedFor(view, tree, wishesOf, options);
      if (asked === null) return { kind: "none" };
      const outcome = await setups.run(asked.name, asked.run);
      return await besideFilesOf(view, tree.sha, outcome, options);
    },
    withoutWaiting: async (view, tree) => {
      const asked = await askedFor(view, tree, wishesOf, options);
      if (asked === null) return { kind: "none" };
      const known = await options.sandbox.knownSetup(asked.request);
      if (known !== null && known.kind !== "weather")
        return await besideFilesOf(view, tree.sha, known, options);
      const standing = setups.standing(asked.name);
      if (standing?.kind === "weather") return standing;
      if (standing === null) setups.begin(asked.name, asked.run);
      remember(awaited, treeName(view, tree), asked.name);
      return making(standing ?? { kind: "runs" }, options);
    },
    inTheMaking: (view, tree) => {
      const name = treeName(view, tree);
      const setup = awaited.get(name);
      const now = setup === undefined ? null : makingOf(setup);
      if (now === null) awaited.delete(name);
      return now;
    },
  };
}

/** From the base's files where they want the same, then from the epic's, then from the tree's own. */
async function sourceOf(
  view: EpicView,
  { sha, task }: Tree,
  wishes: Wishes,
  wishesOf: ReadWishes,
): Promise<Source> {
  const { id: epic, repository, baseSha, tipSha } = view.epic;
  const wantsTheSame = async (other: string | null): Promise<boolean> => {
    if (other === null) return false;
    const theirs = await wishesOf(repository, other);
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
  outcome: Outcome,
  { git }: DependenciesOptions,
): Promise<Provided> {
  if (outcome.kind !== "ready") return outcome;
  const { set } = outcome;
  const { repository } = view.epic;
  const parents = new Set(set.paths.map(({ path }) => path.split("/").slice(0, -1).join("/")));
  const below = [...parents].filter((parent) => parent !== "");
  const entries = [
    ...(await git.list(repository, { sha, folders: [""] })),
    ...(await git.list(repository, { sha, folders: below })),
  ];
  const kept = new Set(entries.map(({ path }) => path));
  const paths = set.paths.filter(({ path }) => !kept.has(path));
  return { kind: "ready", set: { ...set, paths } };
}

type Asked = {
  /** A digest of everything the setup depends on but this host. */
  readonly name: string;
  readonly request: SetupRequest;
  readonly run: () => Promise<SetupResult>;
};

/** @returns null where the tree asks for nothing */
async function askedFor(
  view: EpicView,
  tree: Tree,
  wishesOf: ReadWishes,
  { git, sandbox, broker, onSetup }: DependenciesOptions,
): Promise<Asked | null> {
  const { id: epic, repository } = view.epic;
  const wishes = await wishesOf(repository, tree.sha);
  if (wishes === null) return null;
  const source = await sourceOf(view, tree, wishes, wishesOf);
  const trust = trustName(source.trust);
  const { command, tools } = wishes.setup;
  const inputs = [`repository ${repository.id}`, trust, ...wishes.inputs];
  const { mirror } = git.worktree(repository, "setup");
  const facts = { epic, trust };
  const request: SetupRequest = {
    ...{ inputs, mirror, command, tools, tree: source.sha },
    openRegistries: async (name, forMs) => {
      onSetup("setup.begins", { ...facts, command, tree: source.sha });
      return await broker.openRegistries(name, forMs);
    },
    closeRegistries: broker.close,
  };
  const run = async (): Promise<SetupResult> => {
    const result = await sandbox.setup(request);
    if (result.kind !== "ready")
      onSetup(`setup.${result.kind}`, { ...facts, ...tree, why: lastWords(result) });
    return result;
  };
  const name = createHash("sha256").update(inputs.join("\n")).digest("hex");
  return { name, request, run };
}

function treeName({ epic }: EpicView, { sha, task }: Tree): string {
  return `${epic.id} ${task} ${sha}`;
}

function making(
  { kind }: Exclude<Standing, { readonly kind: "weather" }>,
  { atOnce }: DependenciesOptions,
): Making {
  switch (kind) {
    case "runs":
      return { kind: "making", reason: "its dependencies are being installed" };
    case "inLine": {
      const others = atOnce === 1 ? "another installation" : `${atOnce} other installations`;
      return { kind: "making", reason: `its dependencies are installed after ${others}` };
    }
    default:
      return kind satisfies never;
  }
}

const LAST_WORDS = 500;

function lastWords(
  result:
    | { readonly kind: "failed"; readonly output: string }
    | { readonly kind: "weather" | "refused"; readonly reason: string },
): string {
  return (result.kind === "failed" ? result.output : result.reason).slice(-LAST_WORDS);
}
