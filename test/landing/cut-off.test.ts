import { expect, test } from "vitest";
import { resumeEpic } from "../../src/domain/decide-epic.ts";
import { withQueue } from "./queue-world.ts";

const ana = { id: 7, login: "ana" };

test("a verification that was killed is weather: tried again, and a person asked at last (Q3, R2)", () =>
  withQueue(async ({ submit, approve, ports, land, line, states, decide, store, epicId }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const { sandbox } = ports();
    const cut = (exitCode: number | null): typeof sandbox => ({
      ...sandbox,
      verify: async (...asked: Parameters<typeof sandbox.verify>) => ({
        ...(await sandbox.verify(...asked)),
        exitCode,
      }),
    });
    const weather = { port: "sandbox", retryable: true };

    await expect(land({ sandbox: cut(null) })).rejects.toMatchObject(weather);
    await expect(land({ sandbox: cut(137) })).rejects.toMatchObject(weather);
    expect(await states()).toEqual(["APPROVED", "IN_PROGRESS", "IN_PROGRESS"]);
    await land({ sandbox: cut(null) });

    const { epic } = await store.epics.view(epicId);
    expect(epic).toMatchObject({
      state: "PAUSED",
      reason: expect.stringContaining("cut off 3 times"),
    });
    await decide((view) => resumeEpic(view, { by: ana }));
    await land();
    expect(await states()).toEqual(["COMPLETED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect(line()).toHaveLength(1);
  }));

test("tests that write too much are a verdict about the tests, not weather (S5, Q3)", () =>
  withQueue(async ({ submit, approve, ports, land, states, store, epicId }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const { sandbox } = ports();
    const verify: typeof sandbox.verify = async (...asked) => ({
      ...(await sandbox.verify(...asked)),
      ...{ exitCode: null, wroteTooMuch: "wrote more than 5 bytes" },
    });

    await land({ sandbox: { ...sandbox, verify } });

    expect(await states()).toEqual(["CHANGES_REQUESTED", "IN_PROGRESS", "IN_PROGRESS"]);
    const { unreadMail } = await store.epics.view(epicId);
    expect(JSON.stringify(unreadMail)).toContain("was ended: it wrote more than 5 bytes");
  }));

test("a host that sets no dependencies up pauses the epic, and no agent is blamed (S5, Q6)", () =>
  withQueue(async ({ submit, approve, land, states, store, epicId }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const refused = { kind: "refused", reason: "this host makes no cells" } as const;

    await land({ dependencies: { forTree: async () => refused, keyOf: async () => "a1" } });

    expect(await states()).toEqual(["APPROVED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect((await store.epics.view(epicId)).epic).toMatchObject({
      state: "PAUSED",
      reason: expect.stringContaining("this host makes no cells"),
    });
  }));
