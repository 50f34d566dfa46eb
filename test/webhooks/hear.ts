import { createReceiver, type Receive } from "../../src/app.ts";
import type { GitHub, IssueSnapshot, Permission } from "../../src/ports/git-hub.ts";
import type { Store } from "../../src/ports/store.ts";
import type { WebhookPorts } from "../../src/webhooks/define-webhook.ts";
import { roomyEpics } from "../support/host-settings.ts";
import { openTestStore, rules } from "../support/store.ts";

/** What is true on GitHub, whatever a delivery says. */
export type Truth = {
  readonly permissions: Record<string, Permission>;
  readonly issues: Map<number, IssueSnapshot>;
  readonly pulls: Map<
    number,
    { readonly state: "open" | "closed"; readonly mergeSha: string | null }
  >;
};

export type Hearing = {
  readonly store: Store;
  readonly truth: Truth;
  /** Hands a delivery to the webhooks through Probot, as the deliveries worker does. */
  readonly hear: (event: string, payload: object, guid?: string) => Promise<void>;
  /** Leaves a delivery in the inbox, for `receive` to be fed from there. */
  readonly put: (event: string, payload: object, guid: string) => Promise<void>;
  readonly receive: Receive;
};

export const people = {
  ana: { id: 7, login: "ana", type: "User" },
  rita: { id: 8, login: "rita", type: "User" },
  bot: { id: 9, login: "factory[bot]", type: "Bot" },
} as const;

const appId = 1;
/** Probot wants a key to be there; nothing here signs with it. */
const unusedKey = "unused";

export async function withWebhooks(
  story: (hearing: Hearing) => Promise<void>,
  plan: WebhookPorts["settings"]["plan"] = "auto",
  more: Partial<WebhookPorts["settings"]> = {},
): Promise<void> {
  const { store } = await openTestStore();
  const truth: Truth = {
    permissions: { ana: "write", rita: "triage" },
    issues: new Map(),
    pulls: new Map(),
  };
  const receive = await createReceiver(
    { appId, privateKey: unusedKey, secret: "secret", logLevel: "fatal" },
    {
      store,
      github: gitHubOf(truth),
      settings: {
        epicLabel: "epic",
        plan,
        verifyCommand: null,
        profileRules: rules,
        epicLimits: roomyEpics,
        repeatedEpicPercent: 101,
        refusalQuietMs: 60_000,
        mostRefusalsTold: 100,
        ...more,
      },
      onOutcome: () => {},
    },
  );
  const deliver = async (event: string, payload: object, guid: string) => {
    const action = "action" in payload ? String(payload.action) : null;
    const delivery = { guid, event, action, payload: { ...common, ...payload } };
    await store.inbox.store(delivery);
    return delivery;
  };
  let count = 0;
  try {
    await story({
      store,
      truth,
      receive,
      put: async (name, payload, guid) => void (await deliver(name, payload, guid)),
      hear: async (name, payload, guid = `guid-${++count}`) => {
        await receive(await deliver(name, payload, guid));
      },
    });
  } finally {
    await store.close();
  }
}

const common = {
  repository: { id: 1, name: "shop", owner: { login: "acme" } },
  installation: { id: 11 },
  sender: people.ana,
};

/** Webhooks only read: a call of anything else fails the test. */
function gitHubOf(truth: Truth): GitHub {
  const reads: Pick<GitHub, "permissionOf" | "issue" | "pullRequest" | "defaultBranch"> = {
    permissionOf: async (_repository, login) => truth.permissions[login] ?? "none",
    issue: async (_repository, number) => truth.issues.get(number) ?? null,
    pullRequest: async (_repository, number) => {
      const pull = truth.pulls.get(number);
      if (!pull) return null;
      const { state, mergeSha } = pull;
      const merged = mergeSha !== null;
      const branches = { headBranch: "ff/epic-12", baseBranch: "main", headSha: "h" };
      return { number, state, merged, draft: false, mergeSha, ...branches };
    },
    defaultBranch: async () => "trunk",
  };
  // A port with its four reading methods: that nothing else is called is part of what is tested.
  return reads as GitHub;
}

/** An issue as it is, and as a delivery tells of it. */
export function issue(number: number, labels: readonly string[] = ["epic"]) {
  const snapshot: IssueSnapshot = {
    id: 100 + number,
    number,
    title: "A catalogue",
    body: "Build it.",
    state: "open",
    labels,
    author: { id: 7, login: "ana" },
    isPullRequest: false,
  };
  const { title, body } = snapshot;
  return { snapshot, payload: { number, title, body, user: people.ana } };
}
