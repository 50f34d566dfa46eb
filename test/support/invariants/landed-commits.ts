import { z } from "zod";
import type { Commit } from "./bare-repository.ts";
import { judgeBase } from "./base-branch.ts";
import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { published } from "./published.ts";
import { textOfEffect } from "./said.ts";

/** 3: what is on an epic branch was approved, exactly, and verified, exactly. */
export const landedCommits: Judge = {
  invariant: 3,
  claim:
    "Nothing lands but an approved head on an exact tip as a tree that passed; the base moves by a human",
  judge: async (facts, hold) => {
    for (const epic of facts.epics) {
      await judgeTip(epic, hold);
      let tip = epic.row.base_sha;
      for (const commit of epic.line) {
        await judgeCommit(commit, tip, epic, facts, hold);
        tip = commit.sha;
      }
      await judgeBase(epic, facts, hold);
    }
  },
};

async function judgeTip({ row, tip, bare, name }: EpicFacts, hold: Hold): Promise<void> {
  if (row.base_sha === null || tip === null) return;
  const grew = await bare.isOnLine(row.base_sha, tip);
  hold(grew, "an epic branch no longer grows from its base", { epic: name, tip });
}

async function judgeCommit(
  commit: Commit,
  tip: string | null,
  epic: EpicFacts,
  facts: Facts,
  hold: Hold,
): Promise<void> {
  const { sha, parents, tree } = commit;
  const [first, head, ...more] = parents;
  const detail = { epic: epic.name, commit: sha };
  const isMerge = head !== undefined && more.length === 0 && first === tip;
  hold(isMerge, "a commit of an epic branch is no merge of one head into the tip", detail);
  const row = epic.landings.find(({ merge_sha: merge }) => merge === sha);
  hold(row !== undefined, "a commit of an epic branch has no landing", detail);
  if (row === undefined || head === undefined) return;
  const isAsStored = row.tip_sha === first && row.head_sha === head && row.tree_sha === tree;
  hold(isAsStored, "a landing is not what its row says", { ...detail, landing: row.id });
  judgeApproval(head, row, epic, facts, hold);
  await judgeVerdict(commit, first ?? sha, epic, facts, hold);
}

/** By the exact head: in the history, as a check on GitHub, and as a review there. */
function judgeApproval(
  head: string,
  landing: Row<"landings">,
  epic: EpicFacts,
  facts: Facts,
  hold: Hold,
): void {
  const detail = { epic: epic.name, task: landing.task, head };
  const approvedBefore = epic.history.some(
    (move) =>
      move.noun === "task" &&
      move.noun_key === String(landing.task) &&
      move.to_state === "APPROVED" &&
      move.from_state === "PENDING_REVIEW" &&
      move.at <= landing.updated_at,
  );
  hold(approvedBefore, "a task landed that was not approved before", detail);
  const isCalled = facts.database.tool_calls.some(
    (call) =>
      call.epic_id === epic.row.id &&
      call.tool === "epic_approve" &&
      call.agent === "supervisor" &&
      call.reply?.isError === false &&
      z.object({ head: z.literal(head) }).safeParse(call.input).success,
  );
  hold(isCalled, "no supervisor approved the head that landed", detail);
  const checks = facts.gitHub.checkRuns.filter(
    (run) => run.headSha === head && facts.appIds.has(run.appId),
  );
  const isPassed = checks.some(({ conclusion }) => conclusion === "success");
  hold(
    isPassed || isComing("publishVerdict", head, epic, facts),
    "the head that landed has no check that approves it",
    detail,
  );
  const isRefused = checks.some(({ conclusion }) => conclusion === "failure");
  hold(!isRefused, "the head that landed has a check that refuses it", detail);
  const isReviewed = published(facts).some(({ kind, sha }) => kind === "review" && sha === head);
  hold(
    isReviewed || isComing("review", head, epic, facts),
    "the head that landed has no review",
    detail,
  );
}

/** Only while work goes on: asked for, and not yet done when we looked. */
function isComing(kind: string, sha: string, { outbox }: EpicFacts, facts: Facts): boolean {
  return outbox.some(
    (row) =>
      row.kind === kind &&
      textOfEffect(row, "sha") === sha &&
      !facts.world.ended &&
      (row.finished_at === null || row.finished_at > facts.since),
  );
}

const manifest = z.object({ scripts: z.object({ test: z.string() }) });

async function judgeVerdict(
  { sha, tree }: Commit,
  tip: string,
  epic: EpicFacts,
  { database }: Facts,
  hold: Hold,
): Promise<void> {
  const asked = epic.row.verify_command;
  const script = asked ?? (await testScript(epic, tip));
  if (script === null) return;
  // A script is run with the folders of its programs in front; a command that was set is run as it is.
  const isIt = (command: string) =>
    asked === null ? command.endsWith(script) : command === script;
  const verdicts = database.verdicts.filter((one) => one.tree_sha === tree && isIt(one.command));
  const hasPassed = verdicts.length > 0 && verdicts.every(({ passed }) => passed);
  hold(hasPassed, "a tree landed that did not pass", {
    epic: epic.name,
    commit: sha,
    tree,
    script,
  });
}

/** How the repository says that it is tested, read from the tip that was built on. */
async function testScript({ bare }: EpicFacts, tip: string): Promise<string | null> {
  const file = await bare.fileAt(tip, "package.json");
  if (file === null) return null;
  return manifest.safeParse(JSON.parse(file)).data?.scripts.test ?? null;
}
