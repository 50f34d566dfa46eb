import { globSync } from "node:fs";
import { join } from "node:path";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

const beginLimitMs = 30_000;

/** A worker is killed in the middle of a tool while its supervisor sleeps: nothing runs twice. */
export async function tellInterrupted(scene: Scene): Promise<string> {
  const { person, step, expect, rows, awaitRow, lives } = scene;
  const issue = await person.labelEpic("Count slowly", "Count to three, slowly.");
  step(`#${issue} “Count slowly” is labelled`);
  const call = await awaitRow(
    `the worker of #${issue} is in the middle of a tool`,
    "select c.epic_id, c.call_id from tool_calls c join epics e on e.id = c.epic_id where e.issue_number = $1 and c.tool = 'shell' and c.replied_at is null",
    [issue],
  );
  const epicId = Number(call["epic_id"]);
  await awaitRow(
    `the supervisor of #${issue} sleeps`,
    "select 1 from agents where epic_id = $1 and key = 'supervisor' and state = 'ASLEEP'",
    [epicId],
  );
  await awaitFact(
    `the tool of #${issue} has begun`,
    () => globSync(join(scene.data, `product/repos/*/worktrees/epic-${issue}-task-1/counted.txt`)),
    (files) => files.length > 0,
    { limitMs: beginLimitMs },
  );
  const killed = await lives.kill(epicId, "worker/1");
  step(`#${issue}: ${killed.session} was killed in the middle of a tool`);
  await mergeWhenReady(scene, issue);

  const shells = await rows(
    "select call_id, life, reply -> 'content' as content from tool_calls where epic_id = $1 and tool = 'shell' order by started_at",
    [epicId],
  );
  expect(
    "the interrupted call was not made again",
    shells.map(({ life }) => life),
    [1, 2],
  );
  const seen = JSON.stringify(shells[1]?.["content"]);
  expect("what it had begun happened once", seen.match(/one/g)?.length, 1);
  expect("what it had not reached did not happen", seen.includes("two"), false);
  const slept = await rows(
    `select l.life, count(c.id)::int as calls from lives l
       join lives n on n.epic_id = l.epic_id and n.agent = l.agent and n.life = l.life + 1
       left join model_calls c on c.epic_id = l.epic_id and c.agent = l.agent and c.at > l.ended_at and c.at < n.started_at
      where l.epic_id = $1 and l.agent = 'supervisor' and l.how = 'asleep' group by l.life`,
    [epicId],
  );
  expect("the supervisor slept and was woken", slept.length > 0, true);
  expect(
    "it paid for nothing while it slept",
    slept.every(({ calls }) => calls === 0),
    true,
  );
  const first = await rows(
    "select count(*)::int as turns from turns where epic_id = $1 and agent = 'supervisor' and content::text like '%Count to three, slowly%'",
    [epicId],
  );
  expect("it woke with its one conversation", first[0]?.["turns"], 1);
  return `a life killed in mid-tool went on, a supervisor slept ${slept.length} times for nothing`;
}
