import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { DemoFolders } from "./places.ts";
import type { Planting } from "./plant.ts";
import { plantedPieces, plantedText } from "./planted.ts";
import { gitHubUrl } from "./server-places.ts";

const run = promisify(execFile);
const runFile = z.object({
  stage: z.object({
    appId: z.number(),
    privateKey: z.string(),
    repository: z.string(),
    person: z.object({ token: z.string() }),
  }),
});
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const branch = `planted/${plantedText}`;

/** What a person, or the App, can write on GitHub. */
export const plantOnGitHub: Readonly<Record<string, Planting>> = {
  issues: planting(async ({ person, at }) => {
    await person.rest.issues.create({ ...at, title: "Planted", body: plantedText });
  }),
  comments: planting(async ({ person, at }) => {
    await person.rest.issues.createComment({ ...at, issue_number: 1, body: plantedText });
  }),
  // A label's description is short: each value gets one of its own.
  labels: planting(async ({ person, at }) => {
    for (const [index, description] of plantedPieces.entries())
      await person.rest.issues.createLabel({ ...at, name: `planted ${index}`, description });
  }),
  "branch names": planting(pushBranch),
  commits: planting(pushBranch),
  "pull requests": planting(async (gitHub) => {
    await openPullRequest(gitHub);
  }),
  reviews: planting(async (gitHub) => {
    const pull_number = await openPullRequest(gitHub);
    const { person, at } = gitHub;
    await person.rest.pulls.createReview({
      ...at,
      pull_number,
      event: "COMMENT",
      body: plantedText,
    });
  }),
  checks: planting(async ({ app, at }) => {
    const { data } = await app.rest.repos.getBranch({ ...at, branch: "main" });
    const output = { title: "Planted", summary: plantedText };
    const head_sha = data.commit.sha;
    await app.rest.checks.create({ ...at, name: "Planted", head_sha, output });
  }),
};

type GitHub = {
  readonly person: Octokit;
  readonly app: Octokit;
  readonly at: { readonly owner: string; readonly repo: string };
  /** Where the person pushes to. */
  readonly remote: string;
};

function planting(plant: (gitHub: GitHub) => Promise<void>): Planting {
  return async (folders) => {
    await plant(await openGitHub(folders));
    return () => {};
  };
}

async function openGitHub(folders: DemoFolders): Promise<GitHub> {
  const { stage } = runFile.parse(JSON.parse(readFileSync(join(folders.data, "run.json"), "utf8")));
  const [owner = "", repo = ""] = stage.repository.split("/");
  const url = gitHubUrl(folders);
  const common = { baseUrl: `${url}/api/v3`, log: quiet };
  const auth = { appId: stage.appId, privateKey: stage.privateKey };
  const asApp = new Octokit({ ...common, authStrategy: createAppAuth, auth });
  const { data } = await asApp.rest.apps.getRepoInstallation({ owner, repo });
  return {
    person: new Octokit({ ...common, auth: stage.person.token }),
    app: new Octokit({
      ...common,
      authStrategy: createAppAuth,
      auth: { ...auth, installationId: data.id },
    }),
    at: { owner, repo },
    remote: `http://x-access-token:${stage.person.token}@${new URL(url).host}/${stage.repository}.git`,
  };
}

/** A commit that says it in its message and its file, on a branch that says it in its name. */
async function pushBranch({ remote }: GitHub): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ff-plant-"));
  const git = async (...args: readonly string[]) =>
    await run("git", ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  try {
    await git("clone", "-q", "--depth", "1", remote, ".");
    writeFileSync(join(folder, "planted.txt"), plantedText);
    await git("add", "-A");
    await git("commit", "-q", "-m", plantedText);
    await git("push", "-q", "--force", "origin", `HEAD:refs/heads/${branch}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function openPullRequest(gitHub: GitHub): Promise<number> {
  const { person, at } = gitHub;
  const open = await person.rest.pulls.list({ ...at, state: "open" });
  const known = open.data.find(({ head }) => head.ref === branch);
  if (known) return known.number;
  await pushBranch(gitHub);
  const request = { ...at, title: "Planted", head: branch, base: "main", body: plantedText };
  return (await person.rest.pulls.create(request)).data.number;
}
