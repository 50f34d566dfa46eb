import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { controlClient } from "../github/control-client.ts";
import type { DemoOptions } from "./options.ts";
import { UsageError } from "./options.ts";
import type { RunState, Stage } from "./run-state.ts";
import type { Folders } from "./services.ts";

const run = promisify(execFile);
const owner = "acme";
const repositoryName = "shop";
const person = "ana";
const gitLimitMs = 60_000;

const manifest = z.object({
  name: z.string(),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});

/** Sets the stage on the local GitHub: a repository, a person who may write to it, and the App. */
export async function setStage(
  { repo }: Pick<DemoOptions, "repo">,
  state: RunState,
  folders: Folders,
): Promise<Stage> {
  const gitHub = controlOf(state, folders);
  const from = repo ?? (await shopRepository(folders));
  const repository = `${owner}/${repositoryName}`;
  const { login, token } = await gitHub.createUser(person);
  await gitHub.createRepository({ owner, name: repositoryName, from }).catch((error: unknown) => {
    if (repo === null) throw error;
    throw new UsageError(`--repo ${from}: ${reasonOf(error)}`);
  });
  await gitHub.setRole(repository, person, "write");
  const app = await registerApp(gitHub, state);
  await gitHub.installApp(app.slug, owner, [repositoryName]);
  return {
    appId: app.id,
    appSlug: app.slug,
    privateKey: app.privateKey,
    webhookSecret: app.webhookSecret,
    person: { login, token },
    repository,
  };
}

async function registerApp(gitHub: ReturnType<typeof controlClient>, state: RunState) {
  const file = join(import.meta.dirname, "../../../app.yml");
  const { name, default_permissions, default_events } = manifest.parse(
    parse(readFileSync(file, "utf8")),
  );
  return await gitHub.registerApp({
    name,
    owner,
    permissions: default_permissions,
    events: default_events,
    webhookUrl: `http://127.0.0.1:${state.ports.product}/api/github/webhooks`,
  });
}

export function controlOf(state: RunState, folders: Folders) {
  const token = readFileSync(join(folders.data, "github", "control-token"), "utf8").trim();
  return controlClient(`http://127.0.0.1:${state.ports.gitHub}`, token);
}

/** The small shop as a git repository of its own; the same commit every time. */
async function shopRepository(folders: Folders): Promise<string> {
  const target = join(folders.data, "shop");
  if (existsSync(target)) rmSync(target, { recursive: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(import.meta.dirname, "shop"), target, { recursive: true });
  const when = "2026-11-22T12:00:00Z";
  const env = {
    PATH: process.env.PATH ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_DATE: when,
  };
  const git = async (...args: readonly string[]) =>
    await run("git", ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", ...args], {
      cwd: target,
      env,
      timeout: gitLimitMs,
    });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=Begin the shop");
  return target;
}

/** What the local GitHub says is wrong, without the request and the JSON around it. */
function reasonOf(error: unknown): string {
  const whole = error instanceof Error ? error.message : String(error);
  return /"message":"([^"]+)"/.exec(whole)?.[1] ?? whole;
}
