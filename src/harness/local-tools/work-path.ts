import { realpath } from "node:fs/promises";
import path from "node:path";
import { ToolFailure } from "./local-tool.ts";

/**
 * The real path of a file in the work tree that may not exist yet.
 *
 * @throws {ToolFailure} when it leads out of the work tree, by name or by a link, or into `.git`
 */
export async function workPath(worktree: string, name: string): Promise<string> {
  if (name.includes("\0")) throw new ToolFailure("a path holds no NUL");
  const root = await realpath(worktree);
  const wanted = path.resolve(root, name);
  const real = await realOf(wanted);
  const inside = path.relative(root, real);
  if (inside === ".." || inside.startsWith("../") || path.isAbsolute(inside)) {
    throw new ToolFailure(`${name} is outside the work tree ${worktree}`);
  }
  if (inside === ".git" || inside.startsWith(".git/")) {
    throw new ToolFailure(`${name} belongs to git, which is read-only here`);
  }
  return real;
}

async function realOf(wanted: string): Promise<string> {
  try {
    return await realpath(wanted);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!missing || path.dirname(wanted) === wanted) throw error;
    return path.join(await realOf(path.dirname(wanted)), path.basename(wanted));
  }
}
