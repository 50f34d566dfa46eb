import { mergeWhenReady } from "../frame/merge-when-ready.ts";
import type { Scene } from "../frame/scene.ts";

/** A supervisor in strict mode drops a task by approval, and is kept from giving up. */
export async function tellStrictSupervisor(scene: Scene): Promise<string> {
  const { person, step, expect } = scene;
  const issue = await person.labelEpic("Weigh every word", "Few words, good words.");
  await person.awaitComment(issue, /Work on this epic has started/);
  await person.comment(issue, "/ff permissions supervisor strict");
  await person.awaitComment(issue, /the permission mode of supervisors is strict/);
  step(`#${issue}: its supervisor is strict now`);

  const wish = await person.awaitComment(issue, /asks to run `epic_cancel_task` with:/, 120_000);
  const cancel = idIn(wish.body);
  expect("people see the arguments", wish.body.includes("One word is enough."), true);
  expect("nothing ran without them", await stateOf(scene, issue, 2), "PENDING");
  await person.comment(issue, `/ff approve ${cancel}`);
  await person.awaitComment(issue, new RegExp(`Approved ${cancel}`));
  step(`#${issue}: the person approved ${cancel}`);

  const despair = await person.awaitComment(issue, /asks to run `epic_fail` with:/);
  const fail = idIn(despair.body);
  await person.comment(issue, `/ff deny ${fail} You are nearly there`);
  await person.awaitComment(issue, new RegExp(`Denied ${fail}`));
  step(`#${issue}: the person denied ${fail}`);

  await mergeWhenReady(scene, issue);
  await judge(scene, issue, { cancel, fail });
  return "1 call approved and run, 1 denied, by comment";
}

function idIn(body: string): string {
  return /`\/ff approve (\w{4})`/.exec(body)?.[1] ?? "none";
}

async function stateOf({ rows }: Scene, issue: number, task: number): Promise<unknown> {
  const [row] = await rows(
    "select tasks.state from tasks join epics on epics.id = epic_id where epics.issue_number = $1 and ordinal = $2",
    [issue, task],
  );
  return row?.["state"];
}

type Ids = { readonly cancel: string; readonly fail: string };

async function judge(scene: Scene, issue: number, { cancel, fail }: Ids): Promise<void> {
  const { expect, rows } = scene;
  const ofEpic = "join epics on epics.id = epic_id where issue_number = $1";
  const moves = await rows(
    `select noun_key as id, to_state as state, actor from history ${ofEpic} and noun = 'approval' order by history.id`,
    [issue],
  );
  const [{ actor: login = "" } = {}] = moves.filter(({ state }) => state === "APPROVED");
  expect("every step of both calls is a row with who took it", moves, [
    { id: cancel, state: "PENDING", actor: "supervisor" },
    { id: cancel, state: "APPROVED", actor: login },
    { id: cancel, state: "RAN", actor: "supervisor" },
    { id: fail, state: "PENDING", actor: "supervisor" },
    { id: fail, state: "DENIED", actor: login },
  ]);
  const logged = await rows(
    `select what, detail ->> 'state' as state from decisions ${ofEpic} and what in ($2, $3) order by decisions.id`,
    [issue, `approval ${cancel}`, `approval ${fail}`],
  );
  expect(
    "the decision log tells the same",
    logged.map(({ what, state }) => [what, state]),
    [
      ...["PENDING", "APPROVED", "RAN"].map((state) => [`approval ${cancel}`, state]),
      ...["PENDING", "DENIED"].map((state) => [`approval ${fail}`, state]),
    ],
  );
  const dropped = await rows(
    `select cause from history ${ofEpic} and noun = 'task' and noun_key = '2' and to_state = 'CANCELLED'`,
    [issue],
  );
  expect("the task was dropped by the approved call", dropped, [{ cause: "tool run_approved" }]);
  const calls = await rows(
    `select tool, reply -> 'content' ->> 'error' as error from tool_calls ${ofEpic} and tool in ('run_approved', 'epic_fail') order by tool_calls.started_at`,
    [issue],
  );
  expect("what was denied did not run, however it was tried", calls, [
    { tool: "run_approved", error: null },
    { tool: "epic_fail", error: null },
    { tool: "run_approved", error: "approval-denied" },
  ]);
}
