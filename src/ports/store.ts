import type { RepositoryRef } from "../domain/epic.ts";
import type { Conversations, LivesStore, Verdicts } from "./agents.ts";
import type { Epics, Landings } from "./epics.ts";
import type { Health } from "./health.ts";
import type { ModelCalls } from "./model-calls.ts";
import type { ModelTroubles, ModelWindows } from "./model-provider.ts";
import type { Places } from "./places.ts";
import type { Inbox, Leases, LivingTexts, Outbox } from "./spine.ts";

// What the inside asks of the database, which holds the truth. Every method throws PortError
// ("postgres"). Instants are the database's clock, as ISO 8601 text.

export interface Store {
  readonly epics: Epics;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly lives: LivesStore;
  readonly health: Health;
  readonly places: Places;
  readonly conversations: Conversations;
  readonly modelCalls: ModelCalls;
  readonly modelWindows: ModelWindows;
  readonly modelTroubles: ModelTroubles;
  readonly verdicts: Verdicts;
  readonly landings: Landings;
  readonly livingTexts: LivingTexts;
  readonly repositories: Repositories;
  /** @throws {PortError} when the database cannot be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Repositories {
  /** Remembers an installation's repository as a webhook names it; follows renames by id. */
  remember(repository: Omit<RepositoryRef, "id">): Promise<RepositoryRef>;
}
