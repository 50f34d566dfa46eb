/** Something that setup made beside a tree's files: a path without slashes around it. */
export type SetupPath = { readonly path: string; readonly isFolder: boolean };

/** What one setup made, as this host keeps it. Never changes; whoever gets it gets a private view. */
export type DependencySet = {
  readonly key: string;
  /** Absolute: `tree/` holds the paths, `shared/` what is not beside a tree. */
  readonly dir: string;
  readonly paths: readonly SetupPath[];
  /** The user id its files belong to. */
  readonly owner: number;
  readonly bytes: number;
  readonly files: number;
};

/** A hand-out of a set to one tree, for the cells that live in it. */
export type LentDependencies = {
  readonly set: DependencySet;
  readonly by: "overlay" | "copy";
  /** Absolute, of this hand-out alone: the layer that takes what cells write. */
  readonly dir: string;
};

export type SetupResult =
  | { readonly kind: "ready"; readonly set: DependencySet }
  /** The repository's own fault: kept for a while, and not tried again before. */
  | { readonly kind: "failed"; readonly output: string }
  /** This host sets nothing up; the operator has to mend that. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The registries, or this host: says nothing about the tree. */
  | { readonly kind: "weather"; readonly reason: string };

export type SetupRequest = {
  /** Everything the result depends on, as text; hashed together with the runtime's versions. */
  readonly inputs: readonly string[];
  readonly mirror: string;
  /** The tree whose files setup sees. */
  readonly tree: string;
  /** A shell line; it meets a shell in its cell only. */
  readonly command: string;
  /** Programs whose versions the result depends on. */
  readonly tools: readonly string[];
  /** Opens the way to package registries for one setup; called only when one is run. */
  readonly openRegistries: (name: string, forMs: number) => Promise<{ readonly dir: string }>;
  readonly closeRegistries: (name: string) => Promise<void>;
};
