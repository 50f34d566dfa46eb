import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Canary, canariesIn, canariesOf } from "./canaries.ts";
import type { Facts } from "./facts.ts";
import type { HostFacts } from "./host-facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { judgeLeftovers } from "./leftovers.ts";

/** 6: no secret in or near a cell, nothing of an agent that is not there. */
export const sealedCells: Judge = {
  invariant: 6,
  claim: "No cell, log, commit, comment or row holds a secret; nothing outlives its agent",
  judge: async (facts, hold) => {
    const canaries = canariesOf(facts.world.settings.canaries.filter((value) => value !== ""));
    for (const host of facts.hosts) {
      judgeProcesses(host, canaries, hold);
      for (const { session, screen } of host.panes)
        judgeText(screen, { pane: session }, canaries, hold);
      for (const folder of host.readable) judgeFiles(folder, canaries, hold);
      judgeLeftovers(host, facts, hold);
    }
    for (const folder of facts.world.logDirs) judgeFiles(folder, canaries, hold);
    for (const { pid, argv } of facts.processes)
      judgeText(argv.join("\n"), { argumentsOf: pid, program: argv[0] }, canaries, hold);
    if (canaries.length > 0) await judgePublished(facts, canaries, hold);
  },
};

/**
 * Names of variables that carry the product's secrets, and ways to what a cell must not reach. What
 * Claude Code is told of its relay, in the same cell, is neither.
 */
const forbidden =
  /^(?!ANTHROPIC_(?:BASE_URL=http:\/\/127\.0\.0\.1:|AUTH_TOKEN=in-cell$|SMALL_FAST_MODEL=|DEFAULT_HAIKU_MODEL=))(PRIVATE_KEY|WEBHOOK_SECRET|CLIENT_SECRET|DATABASE_URL|REDIS_URL|BROKER_SECRET|ANTHROPIC_\w+|GH_TOKEN|GITHUB_TOKEN|GIT_CONFIG_(COUNT|KEY_\d+|VALUE_\d+)|PG\w+|TMUX|SSH_AUTH_SOCK|NODE_OPTIONS)=/;

function judgeProcesses(host: HostFacts, canaries: readonly Canary[], hold: Hold): void {
  for (const { pid, argv, environment } of [...host.cellProcesses, ...host.tmuxProcesses]) {
    const detail = { host: host.hostName, pid, program: argv[0] };
    const text = (environment ?? []).join("\n");
    judgeText(text, { environmentOf: detail }, canaries, hold);
    const names = (environment ?? []).filter((entry) => forbidden.test(entry));
    hold(names.length === 0, "a process of a cell has a variable that it must not have", {
      ...detail,
      variables: names.map((entry) => entry.slice(0, entry.indexOf("="))),
    });
  }
}

function judgeText(text: string, where: object, canaries: readonly Canary[], hold: Hold): void {
  const found = canariesIn(text, canaries);
  hold(found.length === 0, "a secret stands where it may be read", { ...where, found });
}

const largestFileBytes = 16 * 1024 * 1024;

function judgeFiles(folder: string, canaries: readonly Canary[], hold: Hold): void {
  if (canaries.length === 0) return;
  for (const path of filesBelow(folder)) {
    judgeText(path, { nameOf: path }, canaries, hold);
    judgeText(readText(path), { file: path }, canaries, hold);
  }
}

/** Regular files only: no link of an agent's is followed. */
function filesBelow(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function readText(path: string): string {
  // It may be gone: agents work while we look.
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size === 0 || size > largestFileBytes ? "" : readFileSync(path, "latin1");
}

/** What left the product, or is kept where people look. */
async function judgePublished(
  facts: Facts,
  canaries: readonly Canary[],
  hold: Hold,
): Promise<void> {
  judgeText(facts.gitHub.raw, { on: "GitHub" }, canaries, hold);
  for (const { table, text } of facts.database.everything)
    judgeText(text, { table }, canaries, hold);
  for (const epic of facts.epics) {
    if (epic.row.base_sha === null) continue;
    const changes = await epic.bare.changesSince(epic.row.base_sha);
    judgeText(changes, { commitsOf: epic.repository.fullName }, canaries, hold);
  }
}
