import type { Scene } from "../frame/scene.ts";
import { mergeWhenReady } from "./merge-when-ready.ts";

/** A worker asks its supervisor, who answers by mail. */
export async function tellClarification(scene: Scene): Promise<string> {
  const { person, step, expect, rows } = scene;
  const issue = await person.labelEpic("Greet people", "Greet whoever comes, by name.");
  step(`#${issue} “Greet people” is labelled`);
  await mergeWhenReady(scene, issue);
  const asked = await rows(
    "select subject from mail m join epics e on e.id = m.epic_id where e.issue_number = $1 and m.body = 'In English.'",
    [issue],
  );
  expect("the supervisor's answer reached the worker once", asked.length, 1);
  return "a question answered";
}
