import { execFile } from "node:child_process";

const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024;
const GIT_TIMEOUT_MS = 60_000;

/** What a finished git command left behind; `code` is its exit status. */
export type GitResult = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** How to run one git command; `env` is added to the closed environment git runs in. */
export type GitOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
};

/** The environment every git of the stand-in runs in: nothing of the machine's own settings. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "GitHub",
    GIT_AUTHOR_EMAIL: "noreply@github.invalid",
    GIT_COMMITTER_NAME: "GitHub",
    GIT_COMMITTER_EMAIL: "noreply@github.invalid",
    ...extra,
  };
}

/**
 * Runs git with an explicit repository and waits for its end. An exit status other than 0 is a result, not an error.
 *
 * @param gitDir the repository's git directory; git never looks for one by itself
 * @throws Error when git cannot be started, takes over a minute, or prints over 256 MiB
 */
export function runGit(
  gitDir: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      ["--git-dir", gitDir, ...args],
      {
        env: gitEnvironment(options.env),
        maxBuffer: OUTPUT_LIMIT_BYTES,
        timeout: GIT_TIMEOUT_MS,
        encoding: "utf8",
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
        else reject(new Error(`git ${args[0] ?? ""} did not finish: ${error.message}`));
      },
    );
    child.stdin?.on("error", () => {
      // Git that ends before reading all its input closes the pipe; its exit status tells the story.
    });
    child.stdin?.end(options.input ?? "");
  });
}

/** Runs git and returns what it printed. @throws Error with git's own words when it fails */
export async function gitOutput(
  gitDir: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  const result = await runGit(gitDir, args, options);
  if (result.code !== 0) {
    throw new Error(`git ${args[0] ?? ""} failed (${result.code}): ${result.stderr.trim()}`);
  }
  return result.stdout;
}
