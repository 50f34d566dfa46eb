import type { Readable } from "node:stream";
import type { CellLevel } from "../domain/cell-level.ts";
import type { DependencySet, LentDependencies, SetupRequest, SetupResult } from "./dependencies.ts";
import type { Worktree } from "./git.ts";

/** What a cell may see and use. Everything else of the host is absent. */
export type Cell = {
  /** `[a-z0-9.-]+`, at most 80 characters: names the cell in logs and folders. */
  readonly id: string;
  /** null: a cell without files of a repository. */
  readonly worktree: Worktree | null;
  /** The folder that holds the broker's socket, bound at `/run/factory`; null: no way out at all. */
  readonly brokerDir: string | null;
  /** Added to the allow-listed environment; never a secret of the product. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether programs in it find package registries, where its socket leads to them. */
  readonly registries?: boolean;
  /** What was lent to its worktree; null or absent: nothing. */
  readonly dependencies?: LentDependencies | null;
  /** Wall-clock limit; the cell and everything in it is killed. Agents' cells have none of their own. */
  readonly timeoutMs: number | null;
};

export type CellResult = {
  /** The command's own; null when the cell was killed around it, or the command never began. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Ended for what it wrote to the disk: "wrote more than …"; absent otherwise. */
  readonly wroteTooMuch?: string;
  readonly stdout: Buffer;
  /** stdout and stderr as they came, cut in the middle at `maxOutputBytes`. */
  readonly output: string;
  readonly truncated: boolean;
};

/** Cells: bubblewrap, no network, environment by allowlist, git directories read-only. */
export interface Sandbox {
  /** The level this host gives, as probed at start, with the reasons when it is not the best. */
  level(): Promise<{
    readonly level: CellLevel;
    readonly missing: readonly string[];
  }>;
  /** The argument array that runs `argv` in a cell: for a tmux pane. Holds no secret. */
  wrap(cell: Cell, argv: readonly string[]): readonly string[];
  /** What the product's cells use now, by id, and what is left of the disk; sizes in bytes. */
  usage(): Promise<{
    readonly memory: ReadonlyMap<string, number>;
    readonly diskFreeBytes: number;
  }>;
  /** Kills a wrapped cell with everything in it and waits until it is gone; missing is success. */
  end(cellId: string): Promise<void>;
  /**
   * Ends the cells of this product that nobody knows any more: what a killed product left.
   *
   * @param known the names to spare; asked after the look at what runs
   * @returns the names of the cells that were ended
   */
  endOrphans(known: () => Promise<ReadonlySet<string>>): Promise<readonly string[]>;
  /** Runs to the end, bounded; nothing of it is left afterwards. */
  run(
    cell: Cell,
    argv: readonly string[],
    limits: { readonly maxOutputBytes: number; readonly stdin?: Readable | string },
  ): Promise<CellResult>;
  /** Fills a worktree with a commit's or tree's files, from inside a cell of its own. */
  checkout(worktree: Worktree, treeish: string): Promise<void>;
  /** What a worktree holds, measured from inside a cell; null when that could not be told. */
  measure(worktree: Worktree): Promise<{ readonly bytes: number; readonly files: number } | null>;
  /** A tree checked out into a fresh throw-away folder, a command run in it, the folder removed. */
  verify(
    mirror: string,
    tree: string,
    command: string,
    limits: {
      readonly timeoutMs: number;
      readonly maxOutputBytes: number;
      /** What its setup made; null or absent: nothing. */
      readonly dependencies?: DependencySet | null;
    },
  ): Promise<CellResult>;
  /**
   * Gives the set of dependencies that a request asks for. Made once per inputs, command and
   * versions, in a cell with the tree's files that reaches package registries only.
   */
  setup(request: SetupRequest): Promise<SetupResult>;
  /** The key of the set that a request asks for, whether there is one or not. */
  setupKey(request: SetupRequest): Promise<string>;
  /** What the setup of a request came to on this host; null: it is to be run. */
  knownSetup(request: SetupRequest): Promise<SetupResult | null>;
  /** Prepares a private view of a set for the next cells of a worktree in which nothing lives. */
  lend(worktree: Worktree, set: DependencySet): Promise<LentDependencies>;
  /** Drops what cells wrote over a set that was lent; missing is success. */
  takeBack(worktree: Worktree): Promise<void>;
  /**
   * Stages all changes of a worktree inside a cell with a private index and object folder, and
   * hands over what is new as a pack.
   * @returns the tree's name and the pack's bytes
   */
  stage(
    worktree: Worktree,
    base: string,
    limits: { readonly maxPackBytes: number },
  ): Promise<{ readonly tree: string; readonly pack: Uint8Array }>;
}

export type SessionInfo = {
  readonly name: string;
  readonly dead: boolean;
  readonly exitCode: number | null;
  readonly signal: number | null;
};

/** The host's private tmux server. No text of people or models passes through its commands. */
export interface Terminal {
  start(session: {
    readonly name: string;
    readonly argv: readonly string[];
    readonly logFile: string;
  }): Promise<void>;
  /** Empty when no server runs. */
  list(): Promise<readonly SessionInfo[]>;
  /** Last lines of the screen, control characters removed. */
  screen(name: string, lines: number): Promise<string>;
  /** A missing session is success. */
  kill(name: string): Promise<void>;
  /** The line a person types to watch. */
  attachCommand(): string;
  /** Ends the server once nothing runs in it. */
  shutdown(): Promise<void>;
}

/** The host's broker: one socket per life, the only way out of a cell. */
export interface Broker {
  /** Makes the folder and socket of a life, and puts its token there for the cell to read. */
  open(life: {
    readonly name: string;
    readonly token: string;
    /** Whether its cell may read package registries, too; default false. */
    readonly registries?: boolean;
  }): Promise<{ readonly dir: string }>;
  /** A socket that leads to package registries alone, and closes by itself; no list names it. */
  openRegistries(name: string, forMs: number): Promise<{ readonly dir: string }>;
  /** Closes and removes; missing is success. */
  close(lifeName: string): Promise<void>;
  /** Asks the product whether it is ready, the way cells ask it. Throws when it is not. */
  reachProduct(): Promise<void>;
  /** Names of the lives that have a socket. */
  list(): Promise<readonly string[]>;
}
