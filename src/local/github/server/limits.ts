// The budgets GitHub gives a caller. Counted in memory: a restart gives everybody a full hour.

import { GitHubError } from "./github-error.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Sizes of the budgets; null switches one off. */
export type LimitSettings = {
  readonly primaryPerHour: number;
  readonly contentPerMinute: number | null;
  readonly contentPerHour: number | null;
};

/** GitHub's own numbers. */
export const REAL_LIMITS: LimitSettings = {
  primaryPerHour: 5000,
  contentPerMinute: 80,
  contentPerHour: 500,
};

/** The primary limit as GitHub has it, content without limit: the default for tests and demos. */
export const EASY_LIMITS: LimitSettings = {
  ...REAL_LIMITS,
  contentPerMinute: null,
  contentPerHour: null,
};

/** What is left of a caller's hour. */
export type Budget = {
  readonly limit: number;
  readonly used: number;
  readonly resetAtS: number;
  readonly resource: "core" | "graphql";
};

type Window = { startedAt: number; used: number };

/** The limits in force, and what callers have used of them. */
export class Limits {
  #settings: LimitSettings;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();
  readonly #content = new Map<string, number[]>();

  constructor(settings: LimitSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  get settings(): LimitSettings {
    return this.#settings;
  }

  /** Changes some of the limits from now on. */
  change(settings: Partial<LimitSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** What a caller has left, without using any of it. */
  budget(key: string, resource: Budget["resource"]): Budget {
    const window = this.#window(`${resource} ${key}`);
    const { primaryPerHour: limit } = this.#settings;
    const resetAtS = Math.ceil((window.startedAt + HOUR_MS) / 1000);
    return { limit, used: Math.min(window.used, limit), resetAtS, resource };
  }

  /** Uses one request. @throws GitHubError 403 when the hour is used up */
  spend(key: string, resource: Budget["resource"]): void {
    const window = this.#window(`${resource} ${key}`);
    if (window.used >= this.#settings.primaryPerHour) {
      const message = `API rate limit exceeded for ${key}.`;
      throw new GitHubError(403, { message }, budgetHeaders(this.budget(key, resource)));
    }
    window.used += 1;
  }

  /** Gives back a request answered with 304. */
  giveBack(key: string, resource: Budget["resource"]): void {
    const window = this.#window(`${resource} ${key}`);
    window.used = Math.max(0, window.used - 1);
  }

  /** Counts one creation of content. @throws GitHubError 403 with `retry-after` when too fast */
  spendContent(key: string): void {
    const now = this.#now();
    const recent = (this.#content.get(key) ?? []).filter((at) => at > now - HOUR_MS);
    const { contentPerMinute, contentPerHour } = this.#settings;
    const lastMinute = recent.filter((at) => at > now - MINUTE_MS).length;
    const tooFast = contentPerMinute !== null && lastMinute >= contentPerMinute;
    const tooMuch = contentPerHour !== null && recent.length >= contentPerHour;
    if (tooFast || tooMuch) {
      const message =
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.";
      throw new GitHubError(403, { message }, { "retry-after": "60" });
    }
    this.#content.set(key, [...recent, now]);
  }

  #window(key: string): Window {
    const now = this.#now();
    const there = this.#windows.get(key);
    if (there !== undefined && there.startedAt + HOUR_MS > now) return there;
    const fresh = { startedAt: now, used: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }
}

/** The five headers that tell of a budget. */
export function budgetHeaders(budget: Budget): Record<string, string> {
  return {
    "x-ratelimit-limit": String(budget.limit),
    "x-ratelimit-remaining": String(budget.limit - budget.used),
    "x-ratelimit-used": String(budget.used),
    "x-ratelimit-reset": String(budget.resetAtS),
    "x-ratelimit-resource": budget.resource,
  };
}
