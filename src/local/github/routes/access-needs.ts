import type { RepositoryAccess } from "../server/access.ts";

// GitHub's permission per family of routes, and the least role of a person.

export const readMetadata: RepositoryAccess = {
  permissions: ["metadata"],
  level: "read",
  role: "read",
};
export const readIssues: RepositoryAccess = {
  permissions: ["issues", "pull_requests"],
  level: "read",
  role: "read",
};
export const writeIssues: RepositoryAccess = {
  permissions: ["issues", "pull_requests"],
  level: "write",
  role: "read",
};
export const triageIssues: RepositoryAccess = { ...writeIssues, role: "triage" };
export const readRelations: RepositoryAccess = { ...readIssues, permissions: ["issues"] };
export const relateIssues: RepositoryAccess = { ...triageIssues, permissions: ["issues"] };
export const readPulls: RepositoryAccess = {
  permissions: ["pull_requests"],
  level: "read",
  role: "read",
};
export const writePulls: RepositoryAccess = {
  permissions: ["pull_requests"],
  level: "write",
  role: "read",
};
export const readContents: RepositoryAccess = {
  permissions: ["contents"],
  level: "read",
  role: "read",
};
export const writeContents: RepositoryAccess = {
  permissions: ["contents"],
  level: "write",
  role: "write",
};
export const readChecks: RepositoryAccess = {
  permissions: ["checks"],
  level: "read",
  role: "read",
};
export const writeChecks: RepositoryAccess = {
  permissions: ["checks"],
  level: "write",
  role: "write",
};
export const readStatuses: RepositoryAccess = {
  permissions: ["statuses"],
  level: "read",
  role: "read",
};
export const writeStatuses: RepositoryAccess = {
  permissions: ["statuses"],
  level: "write",
  role: "write",
};
