import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeFolder } from "../embedded/folders.ts";

// Claude Code is no dependency: 364 MB that only those need who ask for it. Whoever asks for it in
// the demo gets it from npm, in the version and with the checksums of the lock file in pinned/,
// into the product's own folder, without running anything of the package.

const run = promisify(execFile);
const VERSION = "2.1.330";
const INSTALL_LIMIT_MS = 10 * 60_000;
const LONGEST_REASON = 600;

/** It is not there and cannot be had; shown as it is. */
export class NotInstallable extends Error {
  override readonly name = "NotInstallable";
}

/**
 * Makes sure that Claude Code is there.
 *
 * @param productFolder outside of any checkout; it is kept there for the next time
 * @param say told before something is changed
 * @returns the path of its program
 * @throws {NotInstallable} with the reason, and what to do instead
 */
export async function installClaudeCode(
  productFolder: string,
  say: (line: string) => void,
): Promise<string> {
  const folder = join(productFolder, `claude-code-${VERSION}`);
  if (!existsSync(folder)) {
    say(`Installing Claude Code ${VERSION} (about 364 MB) from npm into ${folder} …`);
    await install(productFolder, folder);
  }
  const program = programIn(folder);
  if (program === null)
    throw new NotInstallable(`npm has no Claude Code for ${process.platform} ${process.arch}`);
  return program;
}

/** Aside first, then renamed: a killed install leaves nothing that looks like one. */
async function install(productFolder: string, folder: string): Promise<void> {
  // Where we are root, cells belong to other users, who run it too.
  const mode = process.getuid?.() === 0 ? 0o755 : 0o700;
  makeFolder(productFolder, mode, null);
  const aside = mkdtempSync(join(productFolder, ".claude-code-"));
  try {
    for (const name of ["package.json", "package-lock.json"])
      copyFileSync(join(import.meta.dirname, "pinned", name), join(aside, name));
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", [...args, "--fetch-retries=2", "--fetch-retry-mintimeout=500"], {
      cwd: aside,
      timeout: INSTALL_LIMIT_MS,
    });
    chmodSync(aside, mode);
    // Another demo may have been quicker.
    if (!existsSync(folder)) renameSync(aside, folder);
  } catch (error) {
    throw new NotInstallable(
      `Claude Code ${VERSION} could not be installed from npm: ${reasonOf(error)}. ` +
        "Name its program in CLAUDE_CODE_PATH, or run the demo without --harness claude-code",
    );
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The program itself is in the package for this platform; the other package only leads to it. */
function programIn(folder: string): string | null {
  const packages = join(folder, "node_modules", "@anthropic-ai");
  const names = existsSync(packages) ? readdirSync(packages) : [];
  const programs = names.map((name) => join(packages, name, "claude")).filter(existsSync);
  return programs.find((program) => !program.includes("musl")) ?? programs[0] ?? null;
}

function reasonOf(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  const lines = (stderr === "" ? String(error) : stderr).split("\n");
  const said = lines.map((line) => line.replace(/^npm error\s*/, "").trim());
  const kept = said.filter((line) => line !== "" && !line.startsWith("at "));
  return kept.join("; ").slice(0, LONGEST_REASON);
}
