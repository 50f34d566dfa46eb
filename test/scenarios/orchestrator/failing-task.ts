import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

/** A task fails, is begun again twice, fails again: the orchestrator gives it one more try. */
export async function tellFailingTask(scene: Scene): Promise<string> {
  const { person, step, expect, rows } = scene;
  const issue = await person.labelEpic("Climb a stair", "Steps, one after the other.");
  step(`#${issue} “Climb a stair” is labelled`);
  await scene.awaitRow(
    `the orchestrator decided on the task of #${issue}`,
    "select 1 from questions join epics on epics.id = epic_id where issue_number = $1 and choice = 'retry'",
    [issue],
  );
  step(`#${issue}: the orchestrator let the task begin once more`);
  await mergeWhenReady(scene, issue);
  const mail = await rows(
    `select subject from mail join epics on epics.id = epic_id
      where issue_number = $1 and to_agent = 'supervisor' and sender ->> 'agent' = 'orchestrator/1'`,
    [issue],
  );
  expect("its supervisor was told by mail", mail, [{ subject: "Task 1 is begun once more" }]);
  return "a task that failed three times landed by the orchestrator's remark";
}
