// People, bots, organisations; repositories and who may do what in them; Apps and their tokens.

import { z } from "zod";

export const permissionLevels = z.record(z.string(), z.enum(["read", "write", "admin"]));
/** What an App or a token may do, e.g. `{ issues: "write", metadata: "read" }`. */
export type Permissions = z.infer<typeof permissionLevels>;

export const roleNames = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export const roleName = z.enum(roleNames);
/** A person's role in one repository, weakest first in `roleNames`. */
export type RoleName = z.infer<typeof roleName>;

export const userRow = z.strictObject({
  id: z.number(),
  login: z.string(),
  key: z.string(),
  name: z.string().nullable(),
  type: z.enum(["User", "Bot", "Organization"]),
  token: z.string().nullable(),
  createdAt: z.number(),
});
export type UserRow = z.infer<typeof userRow>;

export const repositoryRow = z.strictObject({
  id: z.number(),
  ownerId: z.number(),
  name: z.string(),
  key: z.string(),
  private: z.boolean(),
  description: z.string().nullable(),
  defaultBranch: z.string(),
  nextNumber: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
  pushedAt: z.number(),
});
export type RepositoryRow = z.infer<typeof repositoryRow>;

export const roleRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  userId: z.number(),
  role: roleName,
});

export const rulesetRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  name: z.string(),
  pattern: z.string(),
  rules: z.array(z.enum(["creation", "update", "deletion", "non_fast_forward", "pull_request"])),
  bypassLogins: z.array(z.string()),
  createdAt: z.number(),
});
/** Rules for branches whose name matches `pattern` (`*` within a segment, `**` across). */
export type RulesetRow = z.infer<typeof rulesetRow>;

export const appRow = z.strictObject({
  id: z.number(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  externalUrl: z.string(),
  ownerId: z.number(),
  botId: z.number(),
  clientId: z.string(),
  clientSecret: z.string(),
  privateKey: z.string(),
  publicKey: z.string(),
  webhookSecret: z.string(),
  webhookUrl: z.string().nullable(),
  permissions: permissionLevels,
  events: z.array(z.string()),
  createdAt: z.number(),
});
export type AppRow = z.infer<typeof appRow>;

export const manifestCodeRow = z.strictObject({
  id: z.number(),
  code: z.string(),
  appId: z.number(),
  expiresAt: z.number(),
});

export const installationRow = z.strictObject({
  id: z.number(),
  appId: z.number(),
  accountId: z.number(),
  repositoryIds: z.array(z.number()).nullable(),
  permissions: permissionLevels,
  events: z.array(z.string()),
  suspendedAt: z.number().nullable(),
  createdAt: z.number(),
});
/** `repositoryIds` null means all repositories of the account. */
export type InstallationRow = z.infer<typeof installationRow>;

export const tokenRow = z.strictObject({
  id: z.number(),
  token: z.string(),
  installationId: z.number(),
  repositoryIds: z.array(z.number()).nullable(),
  permissions: permissionLevels,
  expiresAt: z.number(),
});
