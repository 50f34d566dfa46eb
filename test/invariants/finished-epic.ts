// The story that every broken world starts from: an epic of three tasks, one sent back once, one
// given up, the others landed out of order, merged by a person.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { taskOf } from "../../src/domain/decision.ts";
import { worktreeKey } from "../../src/host/host-ports.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { type ActedAgent, actAs } from "./acted-agent.ts";
import { type LittleFactory, openLittleFactory } from "./little-factory.ts";
import { shop } from "./shop.ts";

/** Fills an empty database and an empty folder with the story; nothing runs afterwards. */
export async function playFinishedEpic(databaseUrl: string, folder: string): Promise<void> {
  const factory = await openLittleFactory(databaseUrl, folder);
  try {
    const { epicId, issue } = await begin(factory);
    const supervisor = await actAs(factory, epicId, "supervisor");
    await plan(factory, supervisor, issue);
    await work(factory, epicId, supervisor);
    await finish(factory, epicId);
  } finally {
    await factory.close();
  }
}

async function begin(factory: LittleFactory) {
  const { data } = await factory.dana.rest.issues.create({
    ...shop,
    title: "A shop",
    body: "Sell things.",
  });
  const issue = { ...shop, issue_number: data.number };
  await factory.dana.rest.issues.addLabels({ ...issue, labels: ["epic"] });
  const [epicId = 0] = await awaitFact(
    "the epic has begun",
    async () => {
      await factory.pump();
      return await factory.store.epics.openIds();
    },
    ({ length }) => length === 1,
    { limitMs: 60_000 },
  );
  return { epicId, issue };
}

const titles = ["Add prices", "Keep stock", "Write the imprint"];

async function plan(
  factory: LittleFactory,
  supervisor: ActedAgent,
  issue: typeof shop & { readonly issue_number: number },
): Promise<void> {
  for (const title of titles) {
    const description = `${title}, all of it, in a file of its own.`;
    await supervisor.call("epic_create_task", { title, description, acceptance: ["It is there."] });
  }
  await supervisor.call("epic_plan_done", { note: "Three parts." });
  await supervisor.call("epic_ask_human", { questions: ["Which currency is it?"] });
  await supervisor.call("epic_ask_human", { questions: ["Which language is it?"] });
  await factory.settle();
  await factory.dana.rest.issues.createComment({ ...issue, body: "Euro, and English." });
  await factory.dana.rest.issues.createComment({ ...issue, body: "/ff approve" });
  await factory.settle();
  await supervisor.readMail();
}

async function work(factory: LittleFactory, epicId: number, supervisor: ActedAgent): Promise<void> {
  const workers = [1, 2, 3].map((task) => actAs(factory, epicId, `worker/${task}`));
  const [first, second, third] = await inTurn(workers);
  if (!first || !second || !third) throw new Error("there are three workers");
  const prices = await submit(factory, epicId, 1, first, "export const prices = [];\n");
  const stock = await submit(factory, epicId, 2, second, "export const stock = [];\n");
  await third.call("task_give_up", { reason: "Nobody told me the address." });
  await supervisor.readMail();
  const remarks = "An empty list sells nothing.";
  await supervisor.call("epic_request_changes", { task: 1, head: prices, remarks });
  await supervisor.call("epic_approve", { task: 2, head: stock });
  await factory.settle();
  await first.readMail();
  const more = await submit(factory, epicId, 1, first, "export const prices = [1];\n");
  await supervisor.readMail();
  await supervisor.call("epic_approve", { task: 1, head: more });
  await factory.settle();
  await supervisor.rest();
  await factory.settle();
}

async function submit(
  factory: LittleFactory,
  epicId: number,
  task: number,
  worker: ActedAgent,
  text: string,
): Promise<string> {
  const view = await factory.store.epics.view(epicId);
  const { path } = factory.git.worktree(view.epic.repository, worktreeKey(view, task));
  writeFileSync(join(path, `part-${task}.js`), text);
  await worker.call("git_commit", { message: `Build part ${task}` });
  await worker.call("task_submit", { summary: "Built and tested." });
  const { headSha } = taskOf(await factory.store.epics.view(epicId), task) ?? {};
  if (!headSha) throw new Error(`task ${task} has no head`);
  return headSha;
}

async function finish(factory: LittleFactory, epicId: number): Promise<void> {
  const { epic } = await factory.store.epics.view(epicId);
  if (epic.state !== "AWAITING_HUMAN_REVIEW") throw new Error(`the epic is ${epic.state}`);
  const pull_number = epic.pullRequest ?? 0;
  await factory.dana.rest.pulls.merge({ ...shop, pull_number, merge_method: "merge" });
  await awaitFact(
    "the epic is complete",
    async () => {
      await factory.settle();
      return (await factory.store.epics.view(epicId)).epic.state;
    },
    (state) => state === "COMPLETED",
    { limitMs: 60_000 },
  );
  await factory.settle();
}

async function inTurn<Result>(work: readonly Promise<Result>[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const one of work) results.push(await one);
  return results;
}
