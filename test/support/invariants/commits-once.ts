import { z } from "zod";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold } from "./judge.ts";

const committed = z.object({ commit: z.string() });

/**
 * The work in a landing, as git has it: each commit that names its task is the answer to exactly
 * one call of git_commit by that task's worker.
 */
export async function judgeCommits(epic: EpicFacts, facts: Facts, hold: Hold): Promise<void> {
  const answers = facts.database.tool_calls
    .filter((call) => call.epic_id === epic.row.id && call.tool === "git_commit")
    .flatMap((call) => {
      const commit = committed.safeParse(call.reply?.content).data?.commit;
      return commit === undefined ? [] : [{ agent: call.agent, commit }];
    });
  for (const { parents, sha: landing } of epic.line) {
    const [tip, head] = parents;
    const task = epic.landings.find(({ merge_sha: merge }) => merge === landing)?.task;
    if (tip === undefined || head === undefined || task === undefined) continue;
    for (const { sha } of await epic.bare.firstParents(tip, head)) {
      const calls = answers.filter(
        ({ agent, commit }) => agent === `worker/${task}` && commit === sha,
      );
      hold(calls.length === 1, "a commit of a task is not the answer to one call of its worker", {
        epic: epic.name,
        task,
        commit: sha,
        calls: calls.length,
      });
    }
  }
}
