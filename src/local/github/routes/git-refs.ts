import { z } from "zod";
import { commitOf, readCommit } from "../git/commits.ts";
import { isRefName, listRefs, objectType, refTip } from "../git/refs.ts";
import type { Json } from "../json.ts";
import { changeRef, mergeBranch } from "../ref-changes.ts";
import { GitHubError, notFound, unprocessable } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import {
  created,
  noContent,
  ok,
  type Reply,
  type RepositoryCall,
  repositoryRoute,
} from "../server/route.ts";
import { renderCommit, renderRef } from "../views/commit.ts";
import { gitDirOf, type World } from "../world.ts";
import { readContents, writeContents } from "./access-needs.ts";

const newRef = z.object({ ref: z.string(), sha: z.string() });
const refChange = z.object({ sha: z.string(), force: z.boolean().optional() });
const branchMerge = z.object({
  base: z.string(),
  head: z.string(),
  commit_message: z.string().optional(),
});

const ALL_REFS = ["refs/"];

export const gitRefRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/git/ref/{ref}",
    multiSegment: ["ref"],
    access: readContents,
    handle: async (world, call) => ok(await showRef(world, call, refOf(call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/git/matching-refs/{ref}",
    multiSegment: ["ref"],
    access: readContents,
    handle: async (world, call) => {
      const refs = await listRefs(gitDirOf(world, call.repository.id), ALL_REFS);
      const found = [...refs.keys()].filter((ref) => ref.startsWith(refOf(call)));
      return paged(world, call, found, (ref) => showRef(world, call, ref));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/git/refs",
    access: writeContents,
    body: newRef,
    handle: createRef,
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/git/refs/{ref}",
    multiSegment: ["ref"],
    access: writeContents,
    body: refChange,
    handle: updateRef,
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/git/refs/{ref}",
    multiSegment: ["ref"],
    access: writeContents,
    handle: async (world, call) => {
      const wish = { ref: refOf(call), sha: null, force: true, create: false };
      await changeRef(world, call.repository, wish, call.caller);
      return noContent;
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/merges",
    access: writeContents,
    body: branchMerge,
    handle: merge,
  }),
];

async function createRef(
  world: World,
  call: RepositoryCall<z.infer<typeof newRef>>,
): Promise<Reply> {
  const gitDir = gitDirOf(world, call.repository.id);
  const { ref, sha } = call.body;
  if ((await listRefs(gitDir)).size === 0) {
    throw new GitHubError(409, { message: "Git Repository is empty." });
  }
  if (!(await isRefName(gitDir, ref)) || ref.split("/").length < 3) {
    throw unprocessable(
      "Reference name is not valid: it must begin with refs/ and have two slashes",
    );
  }
  await checkObject(gitDir, ref, sha);
  await changeRef(world, call.repository, { ref, sha, force: false, create: true }, call.caller);
  return created(await showRef(world, call, ref));
}

async function updateRef(
  world: World,
  call: RepositoryCall<z.infer<typeof refChange>>,
): Promise<Reply> {
  const ref = refOf(call);
  const { sha, force = false } = call.body;
  await checkObject(gitDirOf(world, call.repository.id), ref, sha);
  await changeRef(world, call.repository, { ref, sha, force, create: false }, call.caller);
  return ok(await showRef(world, call, ref));
}

async function merge(
  world: World,
  call: RepositoryCall<z.infer<typeof branchMerge>>,
): Promise<Reply> {
  const { base, head, commit_message: message = null } = call.body;
  const sha = await mergeBranch(world, call.repository, { base, head, message }, call.caller);
  if (sha === null) return noContent;
  const commit = await readCommit(gitDirOf(world, call.repository.id), sha);
  return created(renderCommit(world, call.repository, commit));
}

async function showRef(world: World, call: RepositoryCall<unknown>, ref: string): Promise<Json> {
  const gitDir = gitDirOf(world, call.repository.id);
  const sha = await refTip(gitDir, ref);
  if (sha === null) throw notFound();
  const type = (await objectType(gitDir, sha)) ?? "commit";
  return renderRef(world, call.repository, ref, { sha, type });
}

async function checkObject(gitDir: string, ref: string, sha: string): Promise<void> {
  const isFull = /^[0-9a-f]{40}$/u.test(sha);
  const found = isFull ? await objectType(gitDir, sha) : null;
  if (found === null) throw unprocessable("Object does not exist");
  if (ref.startsWith("refs/heads/") && (await commitOf(gitDir, sha)) !== sha) {
    throw unprocessable("Reference update failed: a branch must point at a commit");
  }
}

function refOf(call: RepositoryCall<unknown>): string {
  return `refs/${(call.params["ref"] ?? "").replace(/^refs\//u, "")}`;
}
