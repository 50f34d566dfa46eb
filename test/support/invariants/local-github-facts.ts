import { z } from "zod";

// The local GitHub's whole state, asked for over HTTP.

const answerTimeoutMs = 30_000;
const id = z.number();
const text = z.string().nullable();

const state = z.object({
  repositories: z.array(
    z.object({ id, ownerId: id, fullName: z.string(), refs: z.record(z.string(), z.string()) }),
  ),
  users: z.array(z.object({ id, login: z.string(), type: z.string() })),
  roles: z.array(z.object({ repositoryId: id, userId: id, role: z.string() })),
  apps: z.array(z.object({ id, botId: id, slug: z.string() })),
  installations: z.array(z.object({ id, appId: id })),
  labels: z.array(z.object({ id, name: z.string() })),
  issues: z.array(
    z.object({
      id,
      repositoryId: id,
      number: id,
      isPull: z.boolean(),
      title: z.string(),
      body: text,
      state: z.string(),
      userId: id,
      appId: id.nullable(),
      labelIds: z.array(id),
      createdAt: id,
      closedAt: id.nullable(),
    }),
  ),
  subIssues: z.array(z.object({ parentId: id, childId: id })),
  dependencies: z.array(z.object({ blockedId: id, blockingId: id })),
  comments: z.array(
    z.object({
      id,
      repositoryId: id,
      issueId: id,
      userId: id,
      appId: id.nullable(),
      body: z.string(),
      createdAt: id,
      updatedAt: id,
    }),
  ),
  pulls: z.array(
    z.object({
      id,
      issueId: id,
      repositoryId: id,
      number: id,
      headRef: z.string(),
      headSha: z.string(),
      baseRef: z.string(),
      baseSha: z.string(),
      draft: z.boolean(),
      mergedAt: id.nullable(),
      mergedById: id.nullable(),
      mergeCommitSha: text,
    }),
  ),
  reviews: z.array(
    z.object({
      id,
      pullId: id,
      userId: id,
      appId: id.nullable(),
      body: z.string(),
      commitSha: z.string(),
      submittedAt: id,
    }),
  ),
  checkRuns: z.array(
    z.object({
      id,
      repositoryId: id,
      appId: id,
      headSha: z.string(),
      name: z.string(),
      conclusion: text,
      externalId: text,
      startedAt: id.nullable(),
      completedAt: id.nullable(),
      title: text,
      summary: text,
      text,
    }),
  ),
  deliveries: z.array(
    z.object({
      id,
      appId: id,
      guid: z.string(),
      event: z.string(),
      state: z.string(),
      deliveredAt: id,
      statusCode: id,
    }),
  ),
});

type State = z.output<typeof state>;
export type GitHubRow<Name extends keyof State> = State[Name][number];

export type GitHubFacts = State & {
  /** The answer as it came, for what must be nowhere. */
  readonly raw: string;
};

/** @throws {Error} naming the address when the local GitHub does not answer as it does */
export async function readLocalGitHub(url: string, controlToken: string): Promise<GitHubFacts> {
  const response = await fetch(`${url}/_control/state`, {
    headers: { authorization: `Bearer ${controlToken}` },
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const raw = await response.text();
  if (!response.ok)
    throw new Error(`${url}/_control/state answers ${response.status}: ${raw.slice(0, 200)}`);
  return { ...state.parse(JSON.parse(raw)), raw };
}
