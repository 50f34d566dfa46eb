import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";
import { loggedModels, reachedModels } from "./reached-models.ts";

/** The operator's environment says WORKER_MODEL=haiku; nobody else says anything. */
export async function tellOperatorsModel(scene: Scene): Promise<string> {
  const { person, step, expect } = scene;
  const issue = await person.labelEpic("Say hello", "Say hello in one file.");
  step(`#${issue} “Say hello” is labelled; the operator has set WORKER_MODEL=haiku`);
  await mergeWhenReady(scene, issue);

  const worker = await reachedModels(scene, "hello");
  expect("only haiku was asked for the worker", Object.keys(worker), ["claude-haiku-5-5"]);
  const supervisor = Object.keys(await reachedModels(scene, "thrifty"));
  expect("only sonnet was asked for the supervisor", supervisor, ["claude-sonnet-5-5"]);
  expect("the decision log says so", await loggedModels(scene, issue, "worker/1"), [
    "claude-haiku-5-5",
  ]);
  return `haiku by the operator (${worker["claude-haiku-5-5"] ?? 0} calls)`;
}
