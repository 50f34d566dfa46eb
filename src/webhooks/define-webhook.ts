import { z } from "zod";
import type { Actor, RepositoryRef } from "../domain/epic.ts";
import type { EpicLimits } from "../domain/queue-epics.ts";
import type { ProfileRules } from "../domain/resolve-profile.ts";
import type { GitHub } from "../ports/git-hub.ts";
import type { Store } from "../ports/store.ts";

export type WebhookPorts = {
  readonly store: Store;
  readonly github: GitHub;
  readonly settings: WebhookSettings;
  /** Told what came of a delivery, for logs. */
  readonly onOutcome: (what: string, facts: object) => void;
};

export type WebhookSettings = {
  readonly epicLabel: string;
  readonly plan: "first" | "ask" | "auto";
  readonly verifyCommand: string | null;
  /** What the operator of the product chose and allows for agents. */
  readonly profileRules: ProfileRules;
  /** How many epics there may be at once. */
  readonly epicLimits: EpicLimits;
  readonly repeatedEpicPercent: number;
  /** How long the same refusal is not said again to the same person. */
  readonly refusalQuietMs: number;
  /** How many refusals the same person is told within that time. */
  readonly mostRefusalsTold: number;
};

/** `early`: it is about what another delivery, on its way still, makes known. */
export type Handled = "early" | undefined;

/** One kind of GitHub event: what it must hold, and what it leads to. */
export type Webhook = {
  /** Names as Probot knows them: `issues.labeled`. */
  readonly events: readonly WebhookEvent[];
  readonly handle: (delivery: unknown, ports: WebhookPorts, guid: string) => Promise<Handled>;
};

export type WebhookEvent =
  | "issues.labeled"
  | "issues.unlabeled"
  | "issues.closed"
  | "issue_comment.created"
  | "pull_request.closed";

/** Declares a webhook; a payload that is not what GitHub documents fails with the key that is wrong. */
export function defineWebhook<Payload>(declaration: {
  readonly events: readonly WebhookEvent[];
  readonly payload: z.ZodType<Payload>;
  readonly handle: (payload: Payload, ports: WebhookPorts, guid: string) => Promise<Handled>;
}): Webhook {
  const { events, payload, handle } = declaration;
  return {
    events,
    handle: async (delivery, ports, guid) => await handle(payload.parse(delivery), ports, guid),
  };
}

export const userShape = z.object({ id: z.number(), login: z.string(), type: z.string() });

/** What every payload we read has. */
export const envelope = {
  action: z.string(),
  sender: userShape,
  repository: z.object({
    id: z.number(),
    name: z.string(),
    owner: z.object({ login: z.string() }),
  }),
  installation: z.object({ id: z.number() }),
};

type Envelope = {
  readonly repository: {
    readonly id: number;
    readonly name: string;
    readonly owner: { readonly login: string };
  };
  readonly installation: { readonly id: number };
};

/** The repository of a delivery as we know it, renames followed by id. */
export async function repositoryOf(
  { repository, installation }: Envelope,
  store: Store,
): Promise<RepositoryRef> {
  return await store.repositories.remember({
    githubId: repository.id,
    installationId: installation.id,
    owner: repository.owner.login,
    name: repository.name,
  });
}

export function actorOf({ id, login }: z.output<typeof userShape>): Actor {
  return { id, login };
}

/** Bots, our own App's among them, never command, write mail or start work (S2a). */
export function isBot(user: { readonly type: string }): boolean {
  return user.type === "Bot";
}
