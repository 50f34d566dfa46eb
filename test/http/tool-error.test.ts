import { expect, test } from "vitest";
import { createOnToolError } from "../../src/http/tool-error.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };

async function thrown(...errors: readonly unknown[]): Promise<readonly string[]> {
  const { store } = await openTestStore();
  try {
    const epicId = await openTestEpic(store);
    const life = { epicId, agent: "supervisor", role: "supervisor", task: null, life: 1 } as const;
    const onError = createOnToolError(store.epics, silent);
    for (const error of errors) await onError(error, { life, tool: "epic_approve" });
    return (await store.epics.view(epicId)).notices;
  } finally {
    await store.close();
  }
}

test("a tool that throws the same twice is told to people once (A4, H9c)", async () => {
  const same = () => new TypeError("undefined is not a function");
  const [one, two] = [same(), same()];
  two.stack = one.stack ?? "";

  expect(await thrown(one, two)).toEqual([
    expect.stringMatching(/^tool epic_approve broke: [0-9a-f]{16}$/),
  ]);
});

test("a database that does not answer for a moment is no mistake that people are told of (A4)", async () => {
  expect(await thrown(new PortError("postgres", "away", { retryable: true }))).toEqual([]);
});
