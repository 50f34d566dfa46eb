import type { Dependencies } from "../dependencies/dependencies.ts";
import type { Git } from "../ports/git.ts";
import type { Sandbox } from "../ports/host.ts";
import type { Store } from "../ports/store.ts";

export type LandingPorts = {
  readonly store: Store;
  readonly git: Git;
  readonly sandbox: Sandbox;
  /** Without it no dependencies are set up. */
  readonly dependencies?: Pick<Dependencies, "forTree" | "keyOf">;
  readonly settings: LandingSettings;
  /** Told what happened, for logs. */
  readonly onLanding: (what: string, facts: object) => void;
};

export type LandingSettings = {
  readonly holder: string;
  readonly leaseMs: number;
  /** What verifies where the epic names nothing; null: what its package.json says. */
  readonly verifyCommand: string | null;
  readonly verifyTimeoutMs: number;
  readonly verifyOutputBytes: number;
  /** Verifications of one landing that may be killed or never begin before a person is asked; 3. */
  readonly maxVerifyCuts?: number;
  /** Tries in a row of a setup that registries in trouble end before a person is asked; 5. */
  readonly setupTries?: number;
};
