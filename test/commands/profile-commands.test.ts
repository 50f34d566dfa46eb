import { expect, test } from "vitest";
import { dispatch } from "../../src/commands/dispatch.ts";
import { parseCommands } from "../../src/commands/parse.ts";
import type { Thread } from "../../src/domain/effect.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Permission } from "../../src/ports/git-hub.ts";
import { renderMessage } from "../../src/text/render-message.ts";
import { anyBounds, aTask, person, planned, profilesOf, viewOf } from "../support/epic-view.ts";
import { sampleStatus } from "../text/sample-epic.ts";

const view: EpicView = viewOf([aTask(1, { state: "IN_PROGRESS" }), planned(2)]);
const epic: Thread = { on: "epic" };

function write(comment: string, thread: Thread = epic, permission: Permission = "write") {
  const [written] = parseCommands(comment);
  if (!written) throw new Error(`"${comment}" holds no command`);
  const profileRules = { profiles: profilesOf("sonnet", "sonnet"), bounds: anyBounds };
  const said = { actor: person, permission, thread, commentId: 9 };
  const outcome = dispatch(written, { ...said, view, status: sampleStatus, profileRules });
  const changes = outcome.kind === "run" ? (outcome.decision.profileChanges ?? []) : [];
  return { outcome, changes, answer: outcome.reply === null ? "" : renderMessage(outcome.reply) };
}

const onEpic = { layer: "epic" };
const onTask = (task: number) => ({ layer: "task", task });

test.each([
  ["/ff model worker opus", epic, onEpic],
  ["/ff model  Worker   opus   #14", epic, onTask(2)],
  ["/ff model worker opus #21", epic, onTask(1)],
  ["/ff model worker opus task 2", epic, onTask(2)],
  ["/ff model worker opus", { on: "task", task: 1 } as const, onTask(1)],
  ["/ff model worker opus", { on: "taskPullRequest", task: 2 } as const, onTask(2)],
  ["/ff model worker opus", { on: "epicPullRequest" } as const, onEpic],
])("%s on %o is about %o (A6, H6)", (comment, thread, place) => {
  expect(write(comment, thread).changes).toMatchObject([{ place, key: "model", to: "opus-1" }]);
});

test("the whole repository is for who may maintain it (A6, S1)", () => {
  const comment = "/ff harness supervisor claude-code --repository";

  expect(write(comment).outcome).toMatchObject({ refused: "not-permitted" });
  expect(write(comment, epic, "triage").answer).toContain(
    "mona has triage permission here; with `--repository` this takes maintain, without it write.",
  );
  expect(write(comment, epic, "maintain").changes).toMatchObject([
    { place: { layer: "repository" }, role: "supervisor", key: "harness", to: "claude-code" },
  ]);
});

test.each([
  ["/ff model", "A role and a value are needed"],
  ["/ff model worker", "A role and a value are needed"],
  ["/ff model boss opus", "boss is no role"],
  ["/ff model worker opus now", "“now” names no one place"],
  [
    "/ff permissions worker strict --repository task 1",
    "one task (#15 or task 2), or --repository",
  ],
  ["/ff permissions worker", "as in `/ff permissions supervisor strict`"],
  ["/ff model worker opus #99", "no #99"],
  ["/ff model worker opus task 7", "no task 7"],
  ["/ff permissions worker root", "Allowed: strict, relaxed, yolo"],
  ["/ff model orchestrator opus", "ORCHESTRATOR_MODEL"],
])("%s is answered with what is wrong (A6, H6)", (comment, words) => {
  const { outcome, answer } = write(comment);

  expect(outcome.kind).toBe("refused");
  expect(answer).toContain(words);
});

test("the answer says what is set, for what, from when on, and who keeps what it has (A6)", () => {
  expect(write("/ff model worker opus").answer).toMatchInlineSnapshot(`
    "\`/ff model\`:

    For this epic the model of workers is opus-1. It counts from the next life of an agent on; until they rest, these go on with what they have: worker-13 (sonnet)."
  `);
  expect(write("/ff permissions worker strict #14").answer).toMatchInlineSnapshot(`
    "\`/ff permissions\`:

    For task #14 the permission mode of its worker is strict. It counts from the next call of a tool on."
  `);
  expect(write("/ff model worker default").answer).toMatchInlineSnapshot(`
    "\`/ff model\`:

    For this epic the model of workers is left to the layer above: it is sonnet (installation). It counts from the next life of an agent on."
  `);
});
