import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { createTask, planDone } from "../../src/domain/decide-plan.ts";
import { approve } from "../../src/domain/decide-review.ts";
import { recordCommit, submitTask } from "../../src/domain/decide-task.ts";
import { taskOf } from "../../src/domain/decision.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal, type Refusal } from "../../src/domain/refusal.ts";
import { landEpic } from "../../src/landing/land-epic.ts";
import type { LandingPorts } from "../../src/landing/landing-ports.ts";
import type { Store } from "../../src/ports/store.ts";
import { type GitWorld, inGitWorld } from "../adapters/git/git-world.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";

const epicBranch = "ff/epic-12-a-catalogue";
/** A tree that holds the word is red. */
const manifest = JSON.stringify({ scripts: { test: "! grep -rq broken src" } });
export const base = { "package.json": manifest, "src/a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n9\n" };

export type QueueWorld = GitWorld & {
  readonly store: Store;
  readonly epicId: number;
  readonly epicBranch: string;
  /** The epic branch's first commit. */
  readonly start: string;
  /** What landings are done with; parts may be replaced. */
  readonly ports: (parts?: Partial<LandingPorts>) => LandingPorts;
  readonly land: (parts?: Partial<LandingPorts>) => Promise<void>;
  /** Changes files on a branch from the start, and submits them for a task. */
  readonly submit: (task: number, files: Readonly<Record<string, string>>) => Promise<string>;
  readonly approve: (task: number) => Promise<void>;
  readonly decide: (decision: (view: EpicView) => Decision | Refusal) => Promise<void>;
  readonly states: () => Promise<readonly string[]>;
  /** Subjects of the epic branch's own line, oldest first, without the start. */
  readonly line: () => readonly string[];
};

/** An epic with three started tasks, its branch on a real remote, a real database and real cells. */
export async function withQueue(story: (world: QueueWorld) => Promise<void>): Promise<void> {
  const { store } = await openTestStore();
  try {
    await inGitWorld(async (git) => {
      const start = git.branch(epicBranch, base);
      const epicId = await openTestEpic(store);
      await story(await furnish(git, store, epicId, start));
    });
  } finally {
    await store.close();
  }
}

async function furnish(
  git: GitWorld,
  store: Store,
  epicId: number,
  start: string,
): Promise<QueueWorld> {
  const decide = decideOn(store, epicId);
  await decide((view) =>
    applyFacts(view, [{ kind: "epicBranchMade", baseSha: start, tipSha: start }]),
  );
  for (const title of ["Apples", "Pears", "Plums"])
    await decide((view) => createTask(view, request(title)));
  await decide((view) => planDone(view, ""));
  for (const task of [1, 2, 3])
    await decide((view) =>
      applyFacts(view, [
        { kind: "taskIssueMade", task, issueNumber: 12 + task, issueId: 100 + task },
      ]),
    );
  const sandbox = createSandbox({ dataDir: git.dataDir });
  const ports = (parts: Partial<LandingPorts> = {}): LandingPorts => ({
    store,
    git: git.git,
    sandbox,
    settings: {
      verifyCommand: null,
      holder: "one",
      leaseMs: 60_000,
      verifyTimeoutMs: 60_000,
      verifyOutputBytes: 10_000,
    },
    onLanding: () => {},
    ...parts,
  });
  return {
    ...git,
    store,
    epicId,
    epicBranch,
    start,
    ports,
    land: (parts) => landEpic(epicId, ports(parts)),
    submit: async (task, files) => {
      const sha = git.branch(`t${task}`, { ...base, ...files }, [start]);
      await git.git.fetch((await store.epics.view(epicId)).epic.repository);
      await decide((view) => recordCommit(view, task, sha));
      await decide((view) => submitTask(view, task, "It is done."));
      await decide((view) =>
        applyFacts(view, [{ kind: "taskPullRequestOpened", task, number: 20 + task }]),
      );
      return sha;
    },
    approve: (task) =>
      decide((view) =>
        approve(view, {
          task,
          head: taskOf(view, task)?.submittedSha ?? "",
          remarks: "",
          agent: "supervisor-12",
        }),
      ),
    decide,
    states: async () => (await store.epics.view(epicId)).tasks.map((task) => task.state),
    line: () =>
      git.remote
        .git(["log", "--first-parent", "--reverse", "--format=%s", `${start}..${epicBranch}`])
        .split("\n"),
  };
}

function decideOn(store: Store, epicId: number) {
  return async (decision: (view: EpicView) => Decision | Refusal): Promise<void> => {
    await store.epics.change(epicId, { what: "test", actor: null }, (view) => {
      const decided = decision(view);
      if (isRefusal(decided)) throw new Error(decided.detail);
      return { decision: decided, result: null };
    });
  };
}

function request(title: string) {
  return { title, description: title, acceptance: ["it is there"], dependsOn: [], insist: null };
}
