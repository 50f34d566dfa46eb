import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";
import { loggedModels, reachedModels } from "./reached-models.ts";

/** A comment gives one task another model than its epic's others. */
export async function tellTaskOverride(scene: Scene): Promise<string> {
  const { person, step, expect, awaitRow } = scene;
  const issue = await person.labelEpic("Speak two tongues", "English and Spanish.");
  const planned = await awaitRow(
    "the second task has its sub-issue",
    "select tasks.issue_number from tasks join epics on epics.id = epic_id where epics.issue_number = $1 and ordinal = 2 and tasks.issue_number is not null",
    [issue],
  );
  const subIssue = Number(planned["issue_number"]);
  await person.comment(
    issue,
    `/ff model worker gpt #${subIssue}\n/ff model worker opus #${subIssue}`,
  );
  const refused = await person.awaitComment(issue, /does not allow/);
  expect("a model beyond the bounds is refused, with the bound", boundIn(refused.body), true);
  await person.awaitComment(issue, /For task #\d+ the model of its worker is claude-opus-5-5/);
  step(`#${issue}: a comment gives task #${subIssue} the model opus`);
  await person.comment(issue, "/ff status");
  const status = await person.awaitComment(issue, /claude-opus-5-5` \(task\)/);
  const shown = /`worker-\d+` \| `claude-sonnet-5-5` \(installation\)/.test(status.body);
  expect("the status tells each worker's model and its layer", shown, true);
  await mergeWhenReady(scene, issue);
  return await judge(scene, issue);
}

function boundIn(body: string): boolean {
  return body.includes("ALLOWED_MODELS") && body.includes("opus, sonnet, haiku");
}

async function judge(scene: Scene, issue: number): Promise<string> {
  const { expect, rows } = scene;
  const spanish = await reachedModels(scene, "spanish");
  expect("only opus was asked for the task", Object.keys(spanish), ["claude-opus-5-5"]);
  const english = Object.keys(await reachedModels(scene, "english"));
  expect("only sonnet was asked for its neighbour", english, ["claude-sonnet-5-5"]);
  expect(
    "the decision log says what the worker lived with",
    await loggedModels(scene, issue, "worker/2"),
    ["claude-opus-5-5"],
  );
  const history = await rows(
    "select task, role, key, before, after from profile_settings join epics on epics.id = epic_id where issue_number = $1",
    [issue],
  );
  expect("the change is one row of history", history, [
    { task: 2, role: "worker", key: "model", before: null, after: "claude-opus-5-5" },
  ]);
  return `opus for one task by comment (${spanish["claude-opus-5-5"] ?? 0} calls)`;
}
