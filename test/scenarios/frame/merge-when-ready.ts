import type { Scene } from "./scene.ts";

const workLimitMs = 400_000;

/** Waits until an epic is ready for its human, who merges it. */
export async function mergeWhenReady(scene: Scene, issue: number): Promise<void> {
  const ready = await scene.awaitRow(
    `epic #${issue} is ready for its human`,
    "select pull_request from epics where issue_number = $1 and state = 'AWAITING_HUMAN_REVIEW' and pull_request is not null and not pull_request_is_draft",
    [issue],
    workLimitMs,
  );
  await scene.person.merge(Number(ready["pull_request"]));
  await scene.awaitRow(
    `epic #${issue} is complete`,
    "select 1 from epics where issue_number = $1 and state = 'COMPLETED'",
    [issue],
  );
  scene.step(`#${issue} is merged and complete`);
}
