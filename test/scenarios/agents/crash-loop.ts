import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

const rapidCrashes = 3;

/** Three lives in a row die at their start: the task fails at once, is told, and begun again. */
export async function tellCrashLoop(scene: Scene): Promise<string> {
  const { person, step, expect, rows, awaitRow, lives } = scene;
  const issue = await person.labelEpic("Fall and rise", "Fall three times and rise.");
  step(`#${issue} “Fall and rise” is labelled`);
  for (let life = 1; life <= rapidCrashes; life += 1) {
    const row = await awaitRow(
      `life ${life} of the worker of #${issue} runs`,
      "select a.epic_id from agents a join epics e on e.id = a.epic_id join lives l on l.epic_id = e.id and l.agent = a.key and l.life = a.life and l.ended_at is null where e.issue_number = $1 and a.key = 'worker/1' and a.life = $2 and a.state = 'WAITING'",
      [issue, life],
    );
    const killed = await lives.kill(Number(row["epic_id"]), "worker/1");
    step(`#${issue}: ${killed.session} was killed soon after its start`);
  }
  const told = await person.awaitComment(issue, /crashed 3 times in a row/);
  expect("the human is told with its last screen", told.body.includes("Its last screen"), true);
  await mergeWhenReady(scene, issue);
  const states = await rows(
    "select to_state from history h join epics e on e.id = h.epic_id where e.issue_number = $1 and noun = 'task' and to_state in ('FAILED', 'COMPLETED') order by h.id",
    [issue],
  );
  expect(
    "the task failed, was begun again and landed",
    states.map(({ to_state }) => to_state),
    ["FAILED", "COMPLETED"],
  );
  return "3 rapid crashes failed a task at once, begun again it landed";
}
