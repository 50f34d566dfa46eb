import type { Scene } from "../frame/scene.ts";

/** The models that were asked for an actor of the script, as they arrived at the provider. */
export async function reachedModels(
  { model }: Scene,
  actor: string,
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const call of await model.calls())
    if (call.actor === actor && call.model !== null)
      counts[call.model] = (counts[call.model] ?? 0) + 1;
  return counts;
}

/** The models that an agent's rows of the decision log say it lived with, in order. */
export async function loggedModels(
  { rows }: Scene,
  issue: number,
  agent: string,
): Promise<readonly unknown[]> {
  const found = await rows(
    "select detail ->> 'model' as model from decisions join epics on epics.id = decisions.epic_id where issue_number = $1 and agent = $2 and what = 'profile' order by decisions.id",
    [issue, agent],
  );
  return found.map((row) => row["model"]);
}
