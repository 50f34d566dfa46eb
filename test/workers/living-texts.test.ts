import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GitHubError } from "../../src/adapters/github/github-error.ts";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import type { Store } from "../../src/ports/store.ts";
import { sendLivingTexts } from "../../workers/living-texts.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";

let store: Store;
let epicId: number;
let secondId: number;
const silent = pino({ level: "silent" });

beforeEach(async () => {
  ({ store } = await openTestStore());
  epicId = await openTestEpic(store);
  const { epic } = await store.epics.view(epicId);
  const second = { ...epic, issueNumber: 13, branch: "ff/epic-13" };
  secondId = (await store.epics.open(second)).epicId;
  await touch(secondId);
});
afterEach(() => store.close());

/** Something changed: its texts are wanted anew. */
async function touch(epic: number): Promise<void> {
  await store.epics.change(epic, { what: "test", actor: null }, (view) => ({
    decision: applyFacts(view, [{ kind: "epicBranchMade", baseSha: "a", tipSha: "a" }]),
    result: null,
  }));
}

/** What was written where: `comment on #12`, `body of #20`. Issue 12's comments may be refused. */
async function send(refusal: Error | null = null): Promise<readonly string[]> {
  const written: string[] = [];
  const writes: Pick<
    GitHub,
    "createComment" | "updateComment" | "pinComment" | "updatePullRequest"
  > = {
    createComment: async (_repository, number) => {
      if (number === 12 && refusal) throw refusal;
      written.push(`comment on #${number}`);
      return { id: 500 + number, url: "" };
    },
    updateComment: async (_repository, id) => {
      written.push(`comment ${id}`);
      return true;
    },
    pinComment: async () => {},
    updatePullRequest: async (_repository, number) => void written.push(`body of #${number}`),
  };
  // A port with its four methods: that nothing else is called is part of what is tested.
  await sendLivingTexts({ store, github: writes as GitHub, intervalMs: 0, log: silent });
  return written;
}

test("a status that GitHub refuses stops no other, and rests until there is news (H1, Q6)", async () => {
  const gone = new GitHubError("answered 410", { retryable: false, status: 410 });

  expect(await send(gone)).toEqual(["comment on #13"]);
  expect(await send(gone)).toEqual([]);
  await touch(epicId);

  expect(await send()).toEqual(["comment on #12"]);
});

test("weather on one epic's status stops no other, and its status stays wanted (H1, R7)", async () => {
  const weather = new GitHubError("no answer in time", { retryable: true });

  expect(await send(weather)).toEqual(["comment on #13"]);
  await store.livingTexts.failed(epicId, 0);

  expect(await send()).toContain("comment on #12");
});

test("the epic's pull request is brought up to date with the status (H1)", async () => {
  await store.epics.change(secondId, { what: "test", actor: null }, (view) => ({
    decision: applyFacts(view, [{ kind: "epicPullRequestOpened", number: 20, draft: true }]),
    result: null,
  }));

  expect(await send()).toContain("body of #20");
});

test("where agents run without cells, the status says so before the first one does (S5)", async () => {
  const bodies: string[] = [];
  const writes: Pick<GitHub, "createComment" | "pinComment"> = {
    createComment: async (_repository, number, body) => {
      bodies.push(body);
      return { id: 500 + number, url: "" };
    },
    pinComment: async () => {},
  };
  // As above.
  const github = writes as GitHub;
  await sendLivingTexts({ store, github, intervalMs: 0, log: silent, isWithoutCells: true });

  for (const body of bodies) expect(body).toMatch(/^\*\*No cells: .*`UNSAFE_NO_SANDBOX` away/);
  expect(bodies).toHaveLength(2);
});
