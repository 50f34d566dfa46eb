// Speaks to /_control of a running local GitHub. For the demo and for tests.

import type { RequestCount } from "./server/counters.ts";
import type { Fault, FaultWish } from "./server/faults.ts";
import type { RoleName } from "./store/accounts.ts";

/** A person of the local GitHub; the token works for the API and for git over HTTP. */
export type LocalUser = { readonly id: number; readonly login: string; readonly token: string };

/** A repository as control tells of it. */
export type LocalRepository = {
  readonly id: number;
  readonly name: string;
  readonly fullName: string;
  readonly defaultBranch: string;
};

/** An App with everything a product needs to be it. */
export type LocalApp = {
  readonly id: number;
  readonly slug: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly webhookUrl: string | null;
};

/** What `registerApp` takes; `permissions` like `{ issues: "write" }`. */
export type AppWish = {
  readonly name: string;
  readonly owner: string;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly events: readonly string[];
  readonly webhookUrl?: string | null;
  readonly webhookSecret?: string;
};

/** Which rules hold for branches that fit `pattern`. */
export type RulesetWish = {
  readonly name: string;
  readonly pattern: string;
  readonly rules: readonly (
    | "creation"
    | "update"
    | "deletion"
    | "non_fast_forward"
    | "pull_request"
  )[];
  readonly bypassLogins?: readonly string[];
};

/** How many requests came, by kind. */
export type RequestSummary = {
  readonly total: number;
  readonly content: number;
  readonly requests: readonly RequestCount[];
};

/** The client; every call throws an Error that holds the refusal when control refuses. */
export type ControlClient = ReturnType<typeof controlClient>;

/**
 * Makes a client for the control interface.
 *
 * @param url where the local GitHub is, e.g. `http://127.0.0.1:4100`
 * @param token the control token, also in `<data folder>/control-token`
 */
export function controlClient(url: string, token: string) {
  const ask: Ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/_control${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    // The answers are made by control/ in the same commit; each call below names their shape.
    return JSON.parse(text) as T;
  };
  return { ...accountCalls(ask), ...switchCalls(ask) };
}

type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>;

function accountCalls(ask: Ask) {
  return {
    createUser: (login: string) => ask<LocalUser>("POST", "/users", { login }),
    createRepository: (wish: {
      readonly owner: string;
      readonly name: string;
      readonly from: string;
      readonly private?: boolean;
    }) => ask<LocalRepository>("POST", "/repositories", wish),
    setRole: (fullName: string, login: string, role: RoleName) =>
      ask<unknown>("PUT", `/repositories/${fullName}/roles/${login}`, { role }),
    renameRepository: (fullName: string, newName: string) =>
      ask<LocalRepository>("PATCH", `/repositories/${fullName}`, { newName }),
    registerApp: (wish: AppWish) => ask<LocalApp>("POST", "/apps", wish),
    app: (slug: string) => ask<LocalApp>("GET", `/apps/${slug}`),
    setWebhookUrl: (slug: string, webhookUrl: string | null) =>
      ask<LocalApp>("PATCH", `/apps/${slug}`, { webhookUrl }),
    installApp: (slug: string, account: string, repositories: readonly string[] | null = null) =>
      ask<{ readonly id: number }>("POST", `/apps/${slug}/installations`, {
        account,
        repositories,
      }),
    changeInstallation: (
      id: number,
      change: {
        readonly suspended?: boolean;
        readonly permissions?: Readonly<Record<string, "read" | "write">>;
      },
    ) => ask<unknown>("PATCH", `/installations/${id}`, change),
    removeInstallation: (id: number) => ask<unknown>("DELETE", `/installations/${id}`),
  };
}

function switchCalls(ask: Ask) {
  return {
    addRuleset: (fullName: string, ruleset: RulesetWish) =>
      ask<{ readonly id: number }>("POST", `/repositories/${fullName}/rulesets`, ruleset),
    removeRuleset: (id: number) => ask<unknown>("DELETE", `/rulesets/${id}`),
    addFault: (fault: FaultWish) => ask<unknown>("POST", "/faults", fault),
    faults: () => ask<readonly (Fault & { readonly left: number })[]>("GET", "/faults"),
    clearFaults: () => ask<unknown>("DELETE", "/faults"),
    requests: () => ask<RequestSummary>("GET", "/requests"),
    resetRequests: () => ask<unknown>("DELETE", "/requests"),
    setLimits: (limits: {
      readonly primaryPerHour?: number;
      readonly contentPerMinute?: number | null;
      readonly contentPerHour?: number | null;
    }) => ask<unknown>("PUT", "/limits", limits),
    advanceClock: (advanceMs: number) =>
      ask<{ readonly now: string }>("POST", "/clock", { advanceMs }),
    deliveries: () =>
      ask<{ readonly waiting: number; readonly done: number }>("GET", "/deliveries"),
    state: () => ask<LocalState>("GET", "/state"),
  };
}

/** A row of the state dump: see the tables in `store/` for its fields. */
export type StateRow = { readonly id: number; readonly [field: string]: unknown };

/** The whole state; secrets and payloads are left out. */
export type LocalState = {
  readonly repositories: readonly (StateRow & {
    readonly fullName: string;
    readonly refs: Readonly<Record<string, string>>;
  })[];
  readonly [table: string]: readonly StateRow[];
};
