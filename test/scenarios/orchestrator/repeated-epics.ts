import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

const title = "Build a shelf";

/** Four epics with one title: the first starts by itself, of the others somebody has to decide. */
export async function tellRepeatedEpics(scene: Scene): Promise<string> {
  const { person, step } = scene;
  const first = await person.labelEpic(title, "A shelf for the shop.");
  await person.awaitComment(first, /Work on this epic has started/);
  step(`#${first} “${title}” began by itself`);
  const started = await person.labelEpic(title, "Another shelf, for the cellar.");
  const asked = await person.labelEpic(title, "The very same shelf.");
  const silent = await person.labelEpic(title, "A shelf to be silent about.");
  await person.awaitComment(started, /Work on this epic has started/);
  step(`#${started}: the orchestrator let it start`);

  const resembles = /resembles #\d+/;
  const why = await person.awaitComment(asked, resembles);
  scene.expect("people hear the orchestrator's reason", /like the first one/.test(why.body), true);
  await person.comment(asked, "/ff resume");
  await person.awaitComment(asked, /Work on this epic has started/);
  step(`#${asked}: people were asked, and let it start`);

  const lost = await person.awaitComment(silent, resembles);
  scene.expect("no answer is told as such", /gave no answer/.test(lost.body), true);
  step(`#${silent}: without an answer people were asked`);
  for (const issue of [asked, silent]) await person.comment(issue, "/ff cancel");
  await mergeWhenReady(scene, first);
  await mergeWhenReady(scene, started);
  await judge(scene, { first, started, asked, silent });
  return "1 started by itself, 1 by the orchestrator, 2 put to people";
}

type Issues = Readonly<Record<"first" | "started" | "asked" | "silent", number>>;

async function judge({ rows, expect }: Scene, issues: Issues): Promise<void> {
  const answers = await rows(
    `select issue_number as issue, choice, answered_by as by from questions
       join epics on epics.id = epic_id where kind = 'repeatedEpic' order by issue_number`,
  );
  expect("every question has its answer", answers, [
    { issue: issues.started, choice: "start", by: "orchestrator" },
    { issue: issues.asked, choice: "ask", by: "orchestrator" },
    { issue: issues.silent, choice: "ask", by: "rules" },
  ]);
  const overlaps = await rows(
    `select one.name from lives one join lives other on other.name <> one.name
      where one.role = 'orchestrator' and other.role = 'orchestrator'
        and other.started_at >= one.started_at and other.started_at < one.ended_at`,
  );
  expect("no two orchestrators lived at once", overlaps, []);
}
