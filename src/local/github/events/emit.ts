// Writes webhook deliveries into the log, inside the transaction of the change they tell of.

import type { JsonObject } from "../json.ts";
import type { AppRow, InstallationRow, RepositoryRow } from "../store/accounts.ts";
import { renderRepository } from "../views/repository.ts";
import { renderOrganization, renderUser } from "../views/user.ts";
import { type Actor, nodeId, type World } from "../world.ts";

/** Something that happened in a repository, as its webhook tells it. */
export type RepositoryEvent = {
  readonly event: string;
  readonly action: string | null;
  readonly repository: RepositoryRow;
  readonly actor: Actor;
  /** Only this App is told; null for every App that subscribed. */
  readonly onlyApp?: number;
  /** What the payload holds beside action, repository, organization, sender, installation. */
  readonly payload: JsonObject;
};

/** Events every App gets without subscribing. */
const UNASKED = ["installation", "installation_repositories"];

/** Stores one delivery per App that is installed here and subscribed. */
export function emit(world: World, event: RepositoryEvent): void {
  const { repository, actor } = event;
  const owner = world.tables.users.must(repository.ownerId);
  const payload = {
    ...(event.action === null ? {} : { action: event.action }),
    ...event.payload,
    repository: {
      ...renderRepository(world, repository),
      ...asObject(event.payload["repository"]),
    },
    ...(owner.type === "Organization" ? { organization: renderOrganization(world, owner) } : {}),
    sender: renderUser(world, actor.user),
  };
  for (const installation of world.tables.installations.find({ accountId: owner.id })) {
    if (!(installation.repositoryIds?.includes(repository.id) ?? true)) continue;
    if (event.onlyApp !== undefined && event.onlyApp !== installation.appId) continue;
    const { event: name, action } = event;
    store(world, installation, { name, action, repositoryId: repository.id, payload });
  }
}

/** An event about an installation itself, told to its App. */
export function emitInstallation(
  world: World,
  installation: InstallationRow,
  event: { readonly name: string; readonly action: string; readonly payload: JsonObject },
): void {
  store(world, installation, { ...event, repositoryId: null });
}

type Told = {
  readonly name: string;
  readonly action: string | null;
  readonly repositoryId: number | null;
  readonly payload: JsonObject;
};

function store(world: World, installation: InstallationRow, told: Told): void {
  const app = world.tables.apps.must(installation.appId);
  if (!subscribes(app, installation, told)) return;
  const payload = {
    ...told.payload,
    installation: told.payload["installation"] ?? {
      id: installation.id,
      node_id: nodeId("MDIz", installation.id),
    },
  };
  world.tables.deliveries.insert({
    appId: app.id,
    guid: crypto.randomUUID(),
    event: told.name,
    action: told.action,
    installationId: installation.id,
    repositoryId: told.repositoryId,
    payload: JSON.stringify(payload),
    redelivery: false,
    state: "waiting",
    createdAt: world.now(),
    deliveredAt: 0,
    durationMs: 0,
    status: "",
    statusCode: 0,
    requestHeaders: {},
    responseHeaders: {},
    responseBody: "",
  });
  world.wakeDeliveries();
}

function subscribes(app: AppRow, installation: InstallationRow, told: Told): boolean {
  if (app.webhookUrl === null) return false;
  if (UNASKED.includes(told.name)) return true;
  return installation.suspendedAt === null && installation.events.includes(told.name);
}

function asObject(value: JsonObject[string]): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? // Arrays are excluded above; TypeScript does not narrow readonly arrays by isArray.
      (value as JsonObject)
    : {};
}
