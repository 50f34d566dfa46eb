import type { z } from "zod";
import type { Json } from "../json.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import type { Actor, World } from "../world.ts";
import type { RepositoryAccess } from "./access.ts";
import { actorOf, type Caller } from "./caller.ts";
import { GitHubError } from "./github-error.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An answer before the server adds ETag, limits and paging to it. `body` undefined means no body. */
export type Reply = {
  readonly status: number;
  readonly body?: Json | undefined;
  /** Instead of `body`: text of another media type, e.g. a diff. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One request, as far as every route sees it. */
export type Call = {
  readonly method: string;
  /** Path and query as sent, after `/api/v3`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly caller: Caller;
  readonly json: unknown;
};

/** A request to a route in a repository that the caller sees and may use. */
export type RepositoryCall<Body> = Call & {
  readonly repository: RepositoryRow;
  /** Who acts; throws 401 for anonymous readers, so only ask when something changes. */
  readonly actor: () => Actor;
  readonly body: Body;
};

/** A route as the server lists it: its template is GitHub's own from the REST description. */
export type Endpoint = {
  readonly method: Method;
  readonly template: string;
  /** True for what GitHub counts as creating content. */
  readonly content: boolean;
  readonly access: RepositoryAccess | "anyone" | "signed-in" | "app" | "installation";
  /** Parameters that may hold slashes. */
  readonly multiSegment: readonly string[];
  /** Null when the route takes no body. */
  readonly body: z.ZodType | null;
  readonly handle: (
    world: World,
    call: Call & { repository: RepositoryRow | null },
  ) => Reply | Promise<Reply>;
};

type Common<Body> = {
  readonly method: Method;
  readonly template: string;
  readonly content?: boolean;
  readonly multiSegment?: readonly string[];
  readonly body?: z.ZodType<Body>;
};

/** A route under `/repos/{owner}/{repo}`; `template` is what follows. */
export function repositoryRoute<Body = null>(
  route: Common<Body> & {
    readonly access: RepositoryAccess;
    readonly handle: (world: World, call: RepositoryCall<Body>) => Reply | Promise<Reply>;
  },
): Endpoint {
  return {
    ...shared(route),
    template: `/repos/{owner}/{repo}${route.template}`,
    access: route.access,
    handle: (world, call) => {
      if (call.repository === null) throw new Error(`${route.template} needs a repository`);
      const { repository } = call;
      const actor = () => actorOf(call.caller);
      return route.handle(world, { ...call, repository, actor, body: bodyOf(route, call.json) });
    },
  };
}

/** A route outside repositories. */
export function plainRoute<Body = null>(
  route: Common<Body> & {
    readonly access: "anyone" | "signed-in" | "app" | "installation";
    readonly handle: (world: World, call: Call & { readonly body: Body }) => Reply | Promise<Reply>;
  },
): Endpoint {
  return {
    ...shared(route),
    access: route.access,
    handle: (world, call) => route.handle(world, { ...call, body: bodyOf(route, call.json) }),
  };
}

/** 200 with a body. */
export function ok(body: Json): Reply {
  return { status: 200, body };
}

/** 201 with a body. */
export function created(body: Json): Reply {
  return { status: 201, body };
}

/** 204. */
export const noContent: Reply = { status: 204 };

function shared<Body>(route: Common<Body>) {
  return {
    method: route.method,
    template: route.template,
    content: route.content ?? false,
    multiSegment: route.multiSegment ?? [],
    body: route.body ?? null,
  };
}

function bodyOf<Body>(route: Common<Body>, json: unknown): Body {
  // A route without a body schema has Body = null, which only this default can say.
  if (route.body === undefined) return null as Body;
  const parsed = route.body.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new GitHubError(422, {
    message: `Invalid request.\n\n${field === "" ? "" : `For '${field}', `}${issue?.message ?? "wrong body"}.`,
    errors: [{ resource: "Request", field, code: "invalid" }],
  });
}
