import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { expect, test } from "vitest";
import { createRecorder, type Recorder } from "../../../src/harness/claude-code/recorder.ts";
import { createPane } from "../../../src/harness/pane.ts";
import { createTalk } from "../../../src/harness/talk.ts";
import { DEFAULT_PATIENCE } from "../../../src/harness/weather.ts";
import { LIMITS, START } from "../fake-product.ts";

type World = {
  readonly recorder: Recorder;
  readonly stored: MessageParam[];
  /** Calls that were answered in the journal, in the order of everything stored. */
  readonly journal: string[];
  readonly failures: unknown[];
  /** Lets the product answer. */
  readonly open: () => void;
};

function world(limits: Partial<typeof LIMITS> = {}): World {
  const stored: MessageParam[] = [];
  const journal: string[] = [];
  const failures: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const api = {
    storeTurn: async (_seq: number, turn: MessageParam) => {
      await gate.promise;
      stored.push(turn);
    },
  };
  const around = { api, pane: createPane(() => {}), patience: DEFAULT_PATIENCE };
  // The cast: only turns are stored here.
  const talk = createTalk(START, around as never);
  const recorder = createRecorder({
    ...{ talk, limits: { ...LIMITS, ...limits } },
    onResult: async (callId, { content }) => {
      journal.push(`${callId}: ${content}`);
    },
    onFailure: (error) => failures.push(error),
  });
  recorder.offer(["Bash"]);
  return { recorder, stored, journal, failures, open: gate.resolve };
}

const call = (id: string, command = id) => ({
  ...{ type: "tool_use" as const, id, name: "Bash", input: { command } },
});
const result = (id: string, content = "ok") => ({
  ...{ type: "tool_result" as const, tool_use_id: id, content },
});
const say = (words: string) => ({ type: "text" as const, text: words });

test("no call may run before the answer that asks for it is stored (A8)", async () => {
  const { recorder, stored, open } = world();
  const verdict = recorder.whyNot("t1").then((whyNot) => ({ whyNot, turns: stored.length }));

  recorder.addAnswer([say("I look."), call("t1")]);
  open();

  expect(await verdict).toEqual({ whyNot: null, turns: 1 });
});

test("results become one turn when all are there, in the order of the calls, each in the journal before (A8)", async () => {
  const { recorder, stored, journal, open } = world();
  open();

  recorder.addAnswer([call("t1"), call("t2")]);
  recorder.addResults([result("t2", "two")]);
  await recorder.settled();
  expect(stored).toHaveLength(1);
  recorder.addResults([result("t1", "one")]);
  await recorder.settled();

  expect(journal).toEqual(["t1: one", "t2: two"]);
  expect(stored[1]).toEqual({ role: "user", content: [result("t1", "one"), result("t2", "two")] });
});

test("an answer that says nothing, and one that follows another, keep turns alternating (A2, A8)", async () => {
  const { recorder, stored, open } = world();
  open();

  recorder.addAnswer([say("  ")]);
  recorder.addAnswer([call("t1")]);
  recorder.addAnswer([say("Done.")]);
  await recorder.settled();

  expect(stored.map(({ role }) => role)).toEqual([
    ...["assistant", "user", "assistant", "user", "assistant"],
  ]);
  expect(stored[0]?.content).toEqual([say("(no answer)")]);
  expect(stored[3]?.content).toMatchObject([{ tool_use_id: "t1", is_error: true }]);
});

test("an agent that goes in circles is told once instead of run, then its life ends (A2)", async () => {
  const { recorder, stored, failures, open } = world();
  open();
  const round = async (id: string): Promise<string | null> => {
    recorder.addAnswer([call(id, "again")]);
    const whyNot = await Promise.race([
      recorder.whyNot(id),
      recorder.settled().then(
        () => null,
        () => "ended",
      ),
    ]);
    recorder.addResults([result(id)]);
    return whyNot;
  };

  expect([await round("t1"), await round("t2")]).toEqual([null, null]);
  expect(await round("t3")).toContain("You repeat yourself");
  await round("t4");
  await expect(recorder.settled()).rejects.toMatchObject({ exitCode: 6 });

  expect(failures).toContainEqual(expect.objectContaining({ exitCode: 6 }));
  expect(stored.at(-1)).toMatchObject({ role: "user", content: [{ is_error: true }] });
});

test("a life ends at its limit of turns, the last one stored (A2)", async () => {
  const { recorder, stored, open } = world({ maxTurns: 1 });
  open();

  recorder.addAnswer([call("t1")]);
  recorder.addResults([result("t1")]);
  recorder.addAnswer([say("More.")]);

  await expect(recorder.settled()).rejects.toMatchObject({ exitCode: 5 });
  expect(stored).toHaveLength(3);
});

test("results that are too much for a turn are shortened, and pictures named (A2)", async () => {
  const { recorder, stored, open } = world({ turnBytes: 2_000 });
  open();
  const picture = {
    type: "image" as const,
    source: { type: "base64" as const, media_type: "image/png" as const, data: "x".repeat(5_000) },
  };

  recorder.addAnswer([call("t1"), call("t2"), call("t3")]);
  recorder.addResults([
    result("t1", "y".repeat(5_000)),
    { type: "tool_result", tool_use_id: "t2", content: [picture] },
    result("t3", "short"),
  ]);
  await recorder.settled();

  expect(JSON.stringify(stored[1]?.content).length).toBeLessThan(2_000);
  expect(stored[1]?.content).toMatchObject([
    { content: expect.stringContaining("5000 characters in all") },
    { content: expect.stringMatching(/^\[image of \d+ bytes, not kept\]$/) },
    { content: "short" },
  ]);
});
