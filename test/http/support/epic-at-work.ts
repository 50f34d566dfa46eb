import { lifeStarted } from "../../../src/domain/decide-agent.ts";
import { createTask, planDone } from "../../../src/domain/decide-plan.ts";
import { agentOf, taskOf } from "../../../src/domain/decision.ts";
import type { Life, Web } from "./web.ts";

const commit = (digit: string): string => digit.repeat(40);
const tipSha = commit("1");
export const headSha = commit("2");

/** Two tasks planned, issues made, the first one's worker and the supervisor alive. */
export async function atWork(web: Web): Promise<{ supervisor: Life; worker: Life }> {
  for (const title of ["Add a cart", "Write the imprint"])
    await web.decide((view) =>
      createTask(view, {
        title,
        description: `${title}, all of it.`,
        acceptance: ["It is there."],
        dependsOn: [],
        insist: null,
      }),
    );
  await web.decide((view) => planDone(view, "Two tasks."));
  await web.decide((view) => ({
    epic: { ...view.epic, baseSha: tipSha, tipSha },
    tasks: view.tasks.map((task) => ({
      ...task,
      issueNumber: 12 + task.ordinal,
      issueId: 1000 + task.ordinal,
    })),
  }));
  const supervisor = await liveAgent(web, "supervisor");
  const worker = await liveAgent(web, "worker/1");
  return { supervisor, worker };
}

async function liveAgent(web: Web, agent: Life["agent"]): Promise<Life> {
  const life = await web.beginLife(agent);
  await web.decide((view) => lifeStarted(view, agent, life.life));
  return life;
}

/** Gives the first task a commit, as its host does. */
export async function withCommit(web: Web): Promise<void> {
  await web.decide((view) => {
    const task = taskOf(view, 1);
    return task ? { tasks: [{ ...task, headSha }] } : {};
  });
}

export async function stateOfAgent(web: Web, agent: Life["agent"]): Promise<string | null> {
  return agentOf(await web.store.epics.view(web.epicId), agent)?.state ?? null;
}
