// Git over HTTP: credentials as GitHub wants them, then git's own program.

import { Readable } from "node:stream";
import { serveGit } from "../git/http-backend.ts";
import { movingRefs } from "../git-moves.ts";
import { limitsOf } from "../rules.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import { gitDirOf, type World } from "../world.ts";
import { requireAccess, visibleRepository } from "./access.ts";
import { authenticate } from "./authenticate.ts";
import { actorOf, type Caller } from "./caller.ts";
import { GitHubError } from "./github-error.ts";

const GIT_PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/u;
const ANSWER_LIMIT_BYTES = 16 * 1024 * 1024;

/** A request of a git client, taken apart; null when the path is none of git's. */
export type GitCall = {
  readonly fullName: string;
  readonly service: string;
  readonly isPush: boolean;
  readonly isRead: boolean;
};

/** Recognises git's three paths. */
export function gitCallOf(path: string, search: string): GitCall | null {
  const [, owner, name, service] = GIT_PATH.exec(path) ?? [];
  if (service === undefined) return null;
  const wanted = new URLSearchParams(search).get("service");
  const isPush = service === "git-receive-pack" || wanted === "git-receive-pack";
  return { fullName: `${owner}/${name}`, service, isPush, isRead: service !== "git-receive-pack" };
}

/** Answers a git client. */
export async function answerGit(
  world: World,
  call: GitCall,
  request: Request,
  hooksDir: string,
): Promise<Response> {
  try {
    const { caller, repository } = admit(world, call, request);
    const url = new URL(request.url);
    const web = request.body;
    const backend = {
      gitDir: gitDirOf(world, repository.id),
      hooksDir,
      service: call.service,
      method: request.method,
      queryString: url.search.slice(1),
      headers: request.headers,
      // The two stream types differ only in declarations of lib.dom and node:stream/web.
      body: web === null ? null : Readable.fromWeb(web as import("node:stream/web").ReadableStream),
      limits: call.isPush
        ? limitsOf(world, repository, caller)
        : { rules: [], keepWorkflows: false },
    };
    if (call.isRead) {
      const { status, headers, body } = await serveGit(backend);
      // The same two stream types the other way round.
      return new Response(Readable.toWeb(body) as ReadableStream, { status, headers });
    }
    return await movingRefs(world, repository, actorOf(caller), async () => {
      const { status, headers, body, done } = await serveGit(backend);
      const text = await collect(body);
      await done;
      return new Response(text, { status, headers });
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return refuse(error);
  }
}

function admit(
  world: World,
  call: GitCall,
  request: Request,
): { caller: Caller; repository: RepositoryRow } {
  const caller = authenticate(world, request.headers.get("authorization") ?? undefined);
  const repository = lookUp(world, caller, call);
  requireAccess(world, caller, repository, {
    permissions: ["contents"],
    level: call.isPush ? "write" : "read",
    role: call.isPush ? "write" : "read",
  });
  if (call.isPush) actorOf(caller);
  return { caller, repository };
}

// Git asks without credentials first: for what it cannot see then, it must be asked for them.
function lookUp(world: World, caller: Caller, call: GitCall): RepositoryRow {
  if (caller.kind === "anonymous" && call.isPush) throw unauthorized();
  try {
    return visibleRepository(world, caller, call.fullName);
  } catch (error) {
    if (caller.kind === "anonymous") throw unauthorized();
    throw error;
  }
}

function unauthorized(): GitHubError {
  return new GitHubError(401, { message: "Requires authentication" });
}

function refuse(error: GitHubError): Response {
  const headers: Record<string, string> = { "content-type": "text/plain; charset=utf-8" };
  if (error.status === 401) headers["www-authenticate"] = 'Basic realm="GitHub"';
  return new Response(`${error.message}\n`, { status: error.status, headers });
}

async function collect(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > ANSWER_LIMIT_BYTES) throw new Error("git answered a push with more than 16 MiB");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
