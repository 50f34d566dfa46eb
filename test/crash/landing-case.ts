import { withPullRequest } from "../effects/stage.ts";
import { epicBranch, viewOf } from "../effects/views.ts";
import { runGit } from "./run-git.ts";
import { type CrashCase, storeEpic } from "./staged.ts";
import type { World } from "./world.ts";

/** Publishing a landing: the commit that will land under its hidden ref, then the epic's branch. */
export const landingCase: CrashCase = {
  name: "landing",
  // The commit, its hidden ref, the branch.
  calls: 3,
  stage: async (world) => {
    const { shop } = world;
    const view = await withPullRequest(shop);
    const [task] = view.tasks;
    const head = task?.headSha;
    if (!task || !head) throw new Error("the stage has no task with a commit");
    const approved = {
      ...task,
      baseSha: shop.base,
      queuePlace: 1,
      state: "APPROVED",
      approvedSha: head,
    } as const;
    const epic = { ...view.epic, verifyCommand: "true" };
    const epicId = await storeEpic(world, viewOf(epic, [approved]));
    return { epicId, lane: null, problems: () => landingProblems(world, epicId, head) };
  },
};

async function landingProblems(
  world: World,
  epicId: number,
  head: string,
): Promise<readonly string[]> {
  const { git, repository, base } = world.shop;
  await git.fetch(repository);
  const [row] = (await world.shop.control.state()).repositories;
  const refs = row?.refs ?? {};
  const hidden = Object.keys(refs).filter((ref) => ref.startsWith("refs/factory/landings/"));
  const tip = refs[`refs/heads/${epicBranch}`] ?? "";
  const gitDir = git.worktree(repository, "any").mirror;
  const line = runGit(gitDir, ["rev-list", "--first-parent", "--parents", `${base}..${tip}`]);
  const [task] = (await world.store.epics.view(epicId)).tasks;
  const landings = await world.query("select state from landings where epic_id = $1", [epicId]);
  const states = landings.map(({ state }) => state);
  const told = task?.state === "COMPLETED" ? task.mergeSha : task?.state;
  return [
    ...(line === `${tip} ${base} ${head}` ? [] : [`the epic's branch is ${line}`]),
    ...(told === tip ? [] : [`the task landed as ${told}, the branch is at ${tip}`]),
    ...(String(states) === "landed" ? [] : [`landings: ${states}`]),
    ...(hidden.length === 1 ? [] : [`${hidden.length} hidden refs`]),
  ];
}
