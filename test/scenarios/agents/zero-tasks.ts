import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

/** A supervisor plans nothing: it is asked once more, then its human, who adds a task. */
export async function tellZeroTasks(scene: Scene): Promise<string> {
  const { person, step, expect, rows } = scene;
  const issue = await person.labelEpic("Do something", "Make the shop better somehow.");
  step(`#${issue} “Do something” is labelled`);
  await person.awaitComment(issue, /planned no task for this epic, though it was asked again/);
  const [epic] = await rows("select id, state from epics where issue_number = $1", [issue]);
  expect("an epic without a plan waits for its human", epic?.["state"], "NEEDS_ANSWER");
  const asked = await rows(
    "select id from mail where epic_id = $1 and subject = 'The plan is missing'",
    [epic?.["id"]],
  );
  expect("the supervisor was asked once more", asked.length, 1);
  await person.comment(issue, "/ff task Write a note");
  step(`#${issue}: the person added a task`);
  await mergeWhenReady(scene, issue);
  return "no plan told once and mended by /ff task";
}
