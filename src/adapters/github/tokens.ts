import type { RepositoryRef } from "../../domain/epic.ts";
import type { Clock } from "../../lib/clock.ts";

/** What a token may do; each set is minted on its own, so that no token can do more than asked. */
export const permissionSets = {
  talk: { metadata: "read", issues: "write", pull_requests: "write" },
  checks: { metadata: "read", checks: "write" },
  code: { metadata: "read", contents: "write" },
  // GitHub wants write access to contents for leaving the draft state, too.
  ready: { metadata: "read", contents: "write", pull_requests: "write" },
} as const;

export type Access = keyof typeof permissionSets;

export type Mint = (repository: RepositoryRef, access: Access) => Promise<string>;

/** Tokens by repository and permission set, kept in memory only. */
export type Tokens = {
  /** @throws {GitHubError} when GitHub does not give one */
  get(repository: RepositoryRef, access: Access): Promise<string>;
  /** Mints anew unless someone else already replaced the rejected token. */
  replace(repository: RepositoryRef, access: Access, rejected: string): Promise<string>;
};

type Kept = { readonly token: Promise<string>; readonly mintedAtMs: number };

/** @param keepMs below the hour that GitHub gives, so that no token dies on the way */
export function createTokens(mint: Mint, clock: Clock, keepMs = 50 * 60_000): Tokens {
  const kept = new Map<string, Kept>();

  function fresh(key: string, repository: RepositoryRef, access: Access): Promise<string> {
    const token = mint(repository, access);
    const entry: Kept = { token, mintedAtMs: clock.nowMs() };
    kept.set(key, entry);
    token.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
    return token;
  }

  function get(repository: RepositoryRef, access: Access): Promise<string> {
    const key = keyOf(repository, access);
    const entry = kept.get(key);
    if (entry && clock.nowMs() - entry.mintedAtMs < keepMs) return entry.token;
    return fresh(key, repository, access);
  }

  return {
    get,
    replace: async (repository, access, rejected) => {
      const key = keyOf(repository, access);
      const entry = kept.get(key);
      const isRejected = (await entry?.token) === rejected;
      // Others whose requests were rejected with it may have come first.
      if (isRejected && kept.get(key) === entry) return fresh(key, repository, access);
      return get(repository, access);
    },
  };
}

function keyOf({ installationId, githubId }: RepositoryRef, access: Access): string {
  return `${installationId}/${githubId}/${access}`;
}
