import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

/**
 * People are asked first; a task is planned twice, refused and insisted on; one worker's question
 * edits its task, the other's blocks it until people have answered.
 */
export async function tellClarification(scene: Scene): Promise<string> {
  const { person, step, expect } = scene;
  const issue = await person.labelEpic("Greet people", "Greet whoever comes.");
  step(`#${issue} “Greet people” is labelled`);

  const asked = await person.awaitComment(issue, /has 2 questions/);
  expect("questions are numbered in one comment", numbersIn(asked.body), ["1.", "2."]);
  const { state } = await epicOf(scene, issue);
  expect("the epic waits for the answer", state, "NEEDS_ANSWER");
  await person.comment(issue, "1. English. 2. By first name.");
  step(`#${issue}: the person answered, by number`);

  const blocked = await person.awaitComment(issue, /Which colour: red or green\?/);
  expect("the comment names the task that waits", /about task #\d+/.test(blocked.body), true);
  await person.comment(issue, "Green it is.");
  step(`#${issue}: the person answered what task 2 waits for`);

  await mergeWhenReady(scene, issue);
  await judge(scene, issue);
  return "2 questions answered by people and 1 by the supervisor, a duplicate insisted on, a task blocked and let go";
}

function numbersIn(body: string): readonly string[] {
  return body.match(/^\d+\./gm) ?? [];
}

async function epicOf({ rows }: Scene, issue: number): Promise<{ state: string; id: number }> {
  const [epic] = await rows("select id, state from epics where issue_number = $1", [issue]);
  return { state: String(epic?.["state"]), id: Number(epic?.["id"]) };
}

async function judge(scene: Scene, issue: number): Promise<void> {
  const { expect, rows, person } = scene;
  const { id } = await epicOf(scene, issue);
  const list = async (question: string): Promise<readonly unknown[]> =>
    (await rows(question, [id])).map((row) => Object.values(row)[0]);
  expect(
    "the epic waited once and went on",
    await list(
      "select to_state from history where epic_id = $1 and noun = 'epic' and to_state in ('NEEDS_ANSWER', 'COMPLETED') order by id",
    ),
    ["NEEDS_ANSWER", "COMPLETED"],
  );
  expect(
    "the duplicate was refused once, with its score",
    await list(
      "select reply -> 'content' ->> 'error' from tool_calls where epic_id = $1 and tool = 'epic_create_task' and reply ->> 'isError' = 'true'",
    ),
    ["resembles"],
  );
  expect(
    "insisting is in the decision log, with its reason",
    await list(
      "select detail ->> 'reason' from decisions where epic_id = $1 and what like 'insisted%'",
    ),
    ["The second one is coloured."],
  );
  expect(
    "task 2 was blocked and let go",
    await list(
      "select to_state from history where epic_id = $1 and noun = 'task' and noun_key = '2' order by id limit 4",
    ),
    ["PENDING", "IN_PROGRESS", "BLOCKED", "IN_PROGRESS"],
  );
  const [subIssue] = await list(
    "select issue_number from tasks where epic_id = $1 and ordinal = 1",
  );
  const { body } = await person.issue(Number(subIssue));
  expect("the sub-issue has the edited text", body?.includes("with the word Hello"), true);
}
