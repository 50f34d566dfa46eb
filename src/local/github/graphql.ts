// The few GraphQL documents the product sends, found by operation name. This is no GraphQL engine:
// what an operation answers is fixed here, whatever fields the document selects.

import { z } from "zod";
import type { JsonObject } from "./json.ts";
import { setDraft } from "./pull-changes.ts";
import { grants, hasRole, visibleRepository } from "./server/access.ts";
import { actorOf, type Caller } from "./server/caller.ts";
import type { PullRow } from "./store/code.ts";
import type { CommentRow } from "./store/conversations.ts";
import { fullNameOf } from "./views/repository.ts";
import { nodeId, rowIdOf, timestamp, type World } from "./world.ts";

/** What comes over `/graphql`. */
export const graphqlRequest = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** A failure GraphQL answers with status 200 and an `errors` list. */
class GraphqlRefusal extends Error {
  override readonly name = "GraphqlRefusal";
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

type Operation = (world: World, caller: Caller, variables: unknown) => Promise<JsonObject>;

const pullInput = z.union([
  z.object({ pullRequestId: z.string() }),
  z.object({ input: z.object({ pullRequestId: z.string() }) }).transform(({ input }) => input),
]);
const classifiers = ["ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"] as const;
const minimizeFields = z.object({ subjectId: z.string(), classifier: z.enum(classifiers) });
const minimizeInput = z.union([
  minimizeFields,
  z.object({ input: minimizeFields }).transform(({ input }) => input),
]);

const OPERATIONS: Readonly<Record<string, Operation>> = {
  markPullRequestReadyForReview: draftOperation("markPullRequestReadyForReview", false),
  convertPullRequestToDraft: draftOperation("convertPullRequestToDraft", true),
  minimizeComment: async (world, caller, variables) => {
    const input = parse(minimizeInput, variables);
    const comment = commentOf(world, caller, input.subjectId);
    const reason = input.classifier.toLowerCase().replace("_", "-");
    world.transaction(() => world.tables.comments.update(comment.id, { minimizedReason: reason }));
    const minimizedComment = { isMinimized: true, minimizedReason: reason };
    return { minimizeComment: { minimizedComment } };
  },
};

/** Answers one GraphQL request: status 200 with data or errors, 400 for an operation not known here. */
export async function answerGraphql(
  world: World,
  caller: Caller,
  request: z.infer<typeof graphqlRequest>,
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const named = operationOf(request);
  const operation = OPERATIONS[named];
  if (operation === undefined) {
    const known = Object.keys(OPERATIONS).join(", ");
    return { status: 400, body: { message: `Unknown operation "${named}"; known here: ${known}` } };
  }
  try {
    return { status: 200, body: { data: await operation(world, caller, request.variables ?? {}) } };
  } catch (error) {
    if (!(error instanceof GraphqlRefusal)) throw error;
    const { type, message } = error;
    return { status: 200, body: { data: null, errors: [{ type, path: [named], message }] } };
  }
}

/** The operation a request names, or else its first field. */
export function operationOf(request: z.infer<typeof graphqlRequest>): string {
  return request.operationName ?? operationNameOf(request.query);
}

// The name given to the operation, or else its first field: `mutation($id: ID!) { minimizeComment(…`.
function operationNameOf(query: string): string {
  const name = /^\s*(?:query|mutation)\s+(\w+)/u.exec(query)?.[1] ?? "";
  if (Object.hasOwn(OPERATIONS, name)) return name;
  return /\{\s*(?:\w+\s*:\s*)?(\w+)/u.exec(query)?.[1] ?? name;
}

function draftOperation(name: string, draft: boolean): Operation {
  return async (world, caller, variables) => {
    const pull = pullOf(world, caller, parse(pullInput, variables).pullRequestId);
    if (world.tables.issues.must(pull.issueId).state === "closed") {
      throw new GraphqlRefusal("UNPROCESSABLE", "Pull request is closed");
    }
    const changed = setDraft(world, pull, draft, actorOf(caller));
    return { [name]: { pullRequest: renderPull(world, changed) } };
  };
}

function renderPull(world: World, pull: PullRow): JsonObject {
  const issue = world.tables.issues.must(pull.issueId);
  const state = pull.mergedAt === null ? issue.state.toUpperCase() : "MERGED";
  return {
    id: nodeId("PR", pull.id),
    number: pull.number,
    isDraft: pull.draft,
    state,
    title: issue.title,
    headRefOid: pull.headSha,
    updatedAt: timestamp(issue.updatedAt),
  };
}

function pullOf(world: World, caller: Caller, id: string): PullRow {
  const row = rowIdOf("PR", id);
  const pull = row === null ? null : world.tables.pulls.get(row);
  if (pull === null) throw unresolved(id);
  requireWrite(world, caller, { repositoryId: pull.repositoryId, permission: "pull_requests", id });
  return pull;
}

function commentOf(world: World, caller: Caller, id: string): CommentRow {
  const row = rowIdOf("IC", id);
  const comment = row === null ? null : world.tables.comments.get(row);
  if (comment === null) throw unresolved(id);
  requireWrite(world, caller, { repositoryId: comment.repositoryId, permission: "issues", id });
  return comment;
}

function requireWrite(
  world: World,
  caller: Caller,
  what: { readonly repositoryId: number; readonly permission: string; readonly id: string },
): void {
  const repository = world.tables.repositories.must(what.repositoryId);
  visibleRepository(world, caller, fullNameOf(world, repository));
  const allowed =
    caller.kind === "installation"
      ? grants(caller.permissions, what.permission, "write")
      : caller.kind === "user" && hasRole(world, repository, caller.user.id, "write");
  if (!allowed) throw new GraphqlRefusal("FORBIDDEN", "Resource not accessible by integration");
}

function unresolved(id: string): GraphqlRefusal {
  return new GraphqlRefusal(
    "NOT_FOUND",
    `Could not resolve to a node with the global id of '${id}'.`,
  );
}

function parse<T>(schema: z.ZodType<T>, variables: unknown): T {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  throw new GraphqlRefusal(
    "INVALID_VARIABLES",
    parsed.error.issues[0]?.message ?? "wrong variables",
  );
}
