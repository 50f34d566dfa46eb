import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

/** A task spends its budget: its agent rests, not a call is made, until a person raises it. */
export async function tellBudget(scene: Scene): Promise<string> {
  const { person, step, expect, rows, awaitRow } = scene;
  const issue = await person.labelEpic("Write at length", "Write an essay about the shop.");
  step(`#${issue} “Write at length” is labelled`);
  await person.awaitComment(issue, /How long may it be\?/);
  await person.comment(issue, "/ff budget 0.02 task 1");
  await person.awaitComment(issue, /may cost \$0\.02/);
  await person.comment(issue, "As long as it takes.");
  step(`#${issue}: task 1 may cost 2 cents`);

  const spent = await person.awaitComment(issue, /makes no more model calls and rests/);
  expect("the human is told the command that raises it", /\/ff budget/.test(spent.body), true);
  const held = await awaitRow(
    `the worker of #${issue} rests`,
    "select a.epic_id from agents a join epics e on e.id = a.epic_id where e.issue_number = $1 and a.key = 'worker/1' and a.state = 'PAUSED'",
    [issue],
  );
  const epicId = Number(held["epic_id"]);
  const calls = async (): Promise<number> =>
    (
      await rows(
        "select 1 from model_calls where epic_id = $1 and agent = 'worker/1' and status = 200",
        [epicId],
      )
    ).length;
  const before = await calls();
  await awaitRow(
    `nothing of the worker of #${issue} runs`,
    "select 1 where not exists (select from lives where epic_id = $1 and agent = 'worker/1' and ended_at is null)",
    [epicId],
  );
  expect("it makes no call while it rests", await calls(), before);
  await person.comment(issue, "/ff budget 5 task 1");
  step(`#${issue}: the person raised it`);
  await mergeWhenReady(scene, issue);
  return "a budget spent, told and raised";
}
