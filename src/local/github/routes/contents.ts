import { listTree, readFileAt, type TreeEntry } from "../git/diff.ts";
import type { Json } from "../json.ts";
import { notFound } from "../server/github-error.ts";
import { ok, type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import { repositoryApi, repositoryPage } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";
import { readContents } from "./access-needs.ts";
import { resolve } from "./commits.ts";

export const contentRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/contents/{path}",
    multiSegment: ["path"],
    access: readContents,
    handle: showContents,
  }),
];

async function showContents(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const gitDir = gitDirOf(world, call.repository.id);
  const name = call.query.get("ref") ?? call.repository.defaultBranch;
  const sha = await resolve(world, call, name);
  const path = (call.params["path"] ?? "").replace(/^\/+|\/+$/gu, "");
  const file = await readFileAt(gitDir, sha, path);
  if (file === null) {
    const entries = await listTree(gitDir, sha, `${path}/`);
    if (entries.length === 0) throw notFound();
    return ok(entries.map((entry) => renderEntry(world, call, entry, name)));
  }
  const { blob, base64, size } = file;
  if (/\braw\b/u.test(call.accept)) {
    const text = Buffer.from(base64, "base64").toString();
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.raw; charset=utf-8" },
    };
  }
  const entry = renderEntry(world, call, { type: "blob", sha: blob, size, path }, name);
  // GitHub breaks the base64 into lines of 60.
  const content = base64.replace(/.{60}/gu, "$&\n");
  return ok({ ...entry, encoding: "base64", content: `${content}\n` });
}

function renderEntry(
  world: World,
  call: RepositoryCall<null>,
  entry: TreeEntry,
  ref: string,
): { readonly [key: string]: Json } {
  const { repository } = call;
  const api = repositoryApi(world, repository);
  const page = repositoryPage(world, repository);
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const isFile = entry.type === "blob";
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${isFile ? "blobs" : "trees"}/${entry.sha}`;
  const html = `${page}/${isFile ? "blob" : "tree"}/${ref}/${path}`;
  return {
    type: isFile ? "file" : "dir",
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url: self,
    git_url: git,
    html_url: html,
    download_url: isFile ? `${page}/raw/${ref}/${path}` : null,
    _links: { self, git, html },
  };
}
