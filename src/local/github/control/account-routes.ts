// Control over who and what there is: accounts, repositories, Apps, installations.

import type { Hono } from "hono";
import { z } from "zod";
import { ensureRepository, ensureUser, setRole } from "../accounts.ts";
import { installApp, registerApp } from "../apps.ts";
import { emit } from "../events/emit.ts";
import { coveredRepositories, tellInstallation } from "../events/installation-events.ts";
import { GitHubError, notFound } from "../server/github-error.ts";
import {
  type AppRow,
  permissionLevels,
  type RepositoryRow,
  roleName,
  type UserRow,
} from "../store/accounts.ts";
import { fullNameOf } from "../views/repository.ts";
import type { World } from "../world.ts";

const newUser = z.strictObject({
  login: z.string(),
  type: z.enum(["User", "Organization"]).default("User"),
  name: z.string().nullish(),
});
const newRepository = z.strictObject({
  owner: z.string(),
  ownerType: z.enum(["User", "Organization"]).default("Organization"),
  name: z.string(),
  from: z.string(),
  private: z.boolean().default(true),
  description: z.string().nullish(),
});
const newApp = z.strictObject({
  name: z.string(),
  owner: z.string(),
  url: z.string().default("https://example.invalid/app"),
  description: z.string().nullish(),
  permissions: permissionLevels.default({}),
  events: z.array(z.string()).default([]),
  webhookUrl: z.string().nullish(),
  webhookSecret: z.string().nullish(),
});
const appChange = z.strictObject({ webhookUrl: z.string().nullish() });
const newInstallation = z.strictObject({
  account: z.string(),
  repositories: z.array(z.string()).nullish(),
});
const installationChange = z.strictObject({
  suspended: z.boolean().optional(),
  permissions: permissionLevels.optional(),
});
/** Adds the routes for accounts, repositories, Apps and installations. */
export function addAccountRoutes(app: Hono, world: World): void {
  addAccounts(app, world);
  addApps(app, world);
  addInstallations(app, world);
}

function addAccounts(app: Hono, world: World): void {
  app.post("/users", async (c) => {
    const { login, type, name = null } = newUser.parse(await c.req.json());
    const user = ensureUser(world, { login, type, name });
    return c.json({ id: user.id, login: user.login, type: user.type, token: user.token });
  });
  app.post("/repositories", async (c) => {
    const wanted = newRepository.parse(await c.req.json());
    const owner = ensureUser(world, { login: wanted.owner, type: wanted.ownerType });
    const { name, from, private: isPrivate, description = null } = wanted;
    const made = { owner, name, from, private: isPrivate, description };
    const row = await ensureRepository(world, made);
    return c.json(shortRepository(world, row));
  });
  app.put("/repositories/:owner/:name/roles/:login", async (c) => {
    const { role } = z.strictObject({ role: roleName }).parse(await c.req.json());
    const { owner, name, login } = c.req.param();
    setRole(world, repositoryOf(world, `${owner}/${name}`), userOf(world, login).id, role);
    return c.json({ login, role });
  });
  app.patch("/repositories/:owner/:name", async (c) => {
    const { newName } = z.strictObject({ newName: z.string() }).parse(await c.req.json());
    const { owner, name } = c.req.param();
    return c.json(shortRepository(world, rename(world, `${owner}/${name}`, newName)));
  });
}

function addApps(app: Hono, world: World): void {
  app.post("/apps", async (c) => {
    const wanted = newApp.parse(await c.req.json());
    const owner = ensureUser(world, { login: wanted.owner, type: "Organization" });
    const {
      url: externalUrl,
      description = null,
      webhookUrl = null,
      webhookSecret = null,
    } = wanted;
    const { name, permissions, events } = wanted;
    const made = { name, owner, externalUrl, description, permissions, events, webhookUrl };
    return c.json(secretsOf(registerApp(world, { ...made, webhookSecret })));
  });
  app.get("/apps/:slug", (c) => c.json(secretsOf(appOf(world, c.req.param("slug")))));
  app.patch("/apps/:slug", async (c) => {
    const { webhookUrl } = appChange.parse(await c.req.json());
    const { id } = appOf(world, c.req.param("slug"));
    const patch = webhookUrl === undefined ? {} : { webhookUrl };
    return c.json(secretsOf(world.transaction(() => world.tables.apps.update(id, patch))));
  });
  app.post("/apps/:slug/installations", async (c) => {
    const { account, repositories } = newInstallation.parse(await c.req.json());
    const owner = userOf(world, account);
    const rows = repositories?.map((name) => repositoryOf(world, `${owner.login}/${name}`)) ?? null;
    const row = installApp(world, appOf(world, c.req.param("slug")), owner, rows);
    return c.json({ id: row.id, repositories: coveredRepositories(world, row).map((r) => r.name) });
  });
}

function addInstallations(app: Hono, world: World): void {
  app.patch("/installations/:id", async (c) => {
    const change = installationChange.parse(await c.req.json());
    changeInstallation(world, Number(c.req.param("id")), change);
    return c.json({});
  });
  app.delete("/installations/:id", (c) => {
    const row = world.tables.installations.must(Number(c.req.param("id")));
    world.transaction(() => {
      tellInstallation(world, row, "deleted");
      for (const token of world.tables.tokens.find({ installationId: row.id })) {
        world.tables.tokens.remove(token.id);
      }
      world.tables.installations.remove(row.id);
    });
    return c.json({});
  });
}

function changeInstallation(
  world: World,
  id: number,
  change: z.infer<typeof installationChange>,
): void {
  const row = world.tables.installations.must(id);
  world.transaction(() => {
    if (change.suspended !== undefined) {
      const suspendedAt = change.suspended ? world.now() : null;
      const updated = world.tables.installations.update(id, { suspendedAt });
      tellInstallation(world, updated, change.suspended ? "suspend" : "unsuspend");
    }
    if (change.permissions !== undefined) {
      const permissions = { metadata: "read" as const, ...change.permissions };
      const updated = world.tables.installations.update(id, { permissions });
      for (const token of world.tables.tokens.find({ installationId: row.id })) {
        world.tables.tokens.remove(token.id);
      }
      tellInstallation(world, updated, "new_permissions_accepted");
    }
  });
}

function rename(world: World, fullName: string, name: string): RepositoryRow {
  const before = repositoryOf(world, fullName);
  const owner = world.tables.users.must(before.ownerId);
  return world.transaction(() => {
    const key = `${owner.login}/${name}`.toLowerCase();
    const repository = world.tables.repositories.update(before.id, { name, key });
    emit(world, {
      event: "repository",
      action: "renamed",
      repository,
      actor: { user: owner, app: null },
      payload: { changes: { repository: { name: { from: before.name } } } },
    });
    return repository;
  });
}

function shortRepository(world: World, row: RepositoryRow) {
  const { id, name, defaultBranch } = row;
  return { id, name, fullName: fullNameOf(world, row), defaultBranch };
}

function secretsOf(app: AppRow) {
  const { id, slug, clientId, clientSecret, privateKey, webhookSecret, webhookUrl } = app;
  return { id, slug, clientId, clientSecret, privateKey, webhookSecret, webhookUrl };
}

function userOf(world: World, login: string): UserRow {
  const user = world.tables.users.first({ key: login.toLowerCase() });
  if (user === null) throw notFound(`there is no account "${login}"`);
  return user;
}

function appOf(world: World, slug: string): AppRow {
  const app = world.tables.apps.first({ slug });
  if (app === null) throw notFound(`there is no App "${slug}"`);
  return app;
}

/** The repository with this full name. @throws GitHubError 404 */
export function repositoryOf(world: World, fullName: string): RepositoryRow {
  const row = world.tables.repositories.first({ key: fullName.toLowerCase() });
  if (row === null) throw new GitHubError(404, { message: `there is no repository "${fullName}"` });
  return row;
}
