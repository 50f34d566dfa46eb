// The adapter against answers given by the test, one by one: for what a well-behaved GitHub, and so
// the local one, never says.
import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { createGitHub, type GitHubOptions } from "../../../src/adapters/github/create-github.ts";
import type { RepositoryRef } from "../../../src/domain/epic.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { GitHub } from "../../../src/ports/git-hub.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export const origin = "https://github.test";

export const shop: RepositoryRef = {
  id: 1,
  githubId: 4711,
  installationId: 9,
  owner: "acme",
  name: "shop",
};

/** Starts at a fixed instant; once everything waits, it moves on to the first sleeper's time. */
export type ManualClock = Clock & { readonly advance: (ms: number) => void };

export function manualClock(startMs = Date.parse("2026-11-22T12:00:00Z")): ManualClock {
  let nowMs = startMs;
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  function wakeFirst(): void {
    const first = sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
    if (!first) return;
    sleepers.splice(sleepers.indexOf(first), 1);
    nowMs = Math.max(nowMs, first.atMs);
    first.wake();
  }

  return {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: nowMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          const place = sleepers.indexOf(sleeper);
          if (place >= 0) sleepers.splice(place, 1);
          reject(signal.reason);
        });
        setImmediate(wakeFirst);
      }),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

export type Logged = { readonly event: string; readonly facts: object };

export type Wired = {
  readonly github: GitHub;
  /** Answers given under the base URL of the API. */
  readonly api: nock.Scope;
  readonly clock: ManualClock;
  readonly logged: Logged[];
};

export function wired(options: Partial<GitHubOptions> = {}): Wired {
  const clock = manualClock();
  const logged: Logged[] = [];
  const log = {
    debug: (facts: object, event: string) => void logged.push({ event, facts }),
    warn: (facts: object, event: string) => void logged.push({ event, facts }),
  };
  const github = createGitHub({
    appId: 77,
    privateKey: new Secret(privateKeyPem),
    baseUrl: `${origin}/api/v3`,
    gitBaseUrl: origin,
    clock,
    log,
    ...options,
  });
  return { github, api: nock(`${origin}/api/v3`), clock, logged };
}

/**
 * Answers `times` requests for a token with `ghs_fake1`, `ghs_fake2` …
 *
 * @returns what was asked for, filled as the requests come
 */
export function mintsTokens(api: nock.Scope, times = 1): unknown[] {
  const asked: unknown[] = [];
  for (let count = 0; count < times; count += 1) {
    // nock asks more than once whether a body matches: a place of its own for each answer.
    const note = (body: unknown): boolean => {
      asked[count] = body;
      return true;
    };
    api
      .post("/app/installations/9/access_tokens", note)
      .reply(201, { token: `ghs_fake${count + 1}`, expires_at: "2026-11-22T13:00:00Z" });
  }
  return asked;
}

/** The App as GitHub shows it to itself. */
export function knowsApp(api: nock.Scope): void {
  api.get("/app").reply(200, { id: 77, slug: "factory" });
}

/** Ends a test: every answer was fetched, and nothing else was asked. */
export function endWire(): readonly string[] {
  const left = nock.pendingMocks();
  nock.cleanAll();
  return left;
}
