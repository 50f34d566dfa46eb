import { expect, test } from "vitest";
import type { Provided } from "../../src/dependencies/dependencies.ts";
import { resumeEpic } from "../../src/domain/decide-epic.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { withQueue } from "./queue-world.ts";

const ana = { id: 7, login: "ana" };
const retryable = { port: "sandbox", retryable: true };

const weather = (tries: number, isNew: boolean): Provided => ({
  ...{ kind: "weather", reason: "503 for left" },
  ...{ tries, isNew, retryInMs: 5 },
});

/** What lands gets these dependencies. */
const giving = (provided: Provided) => ({
  dependencies: { forTree: async () => provided, keyOf: async () => "a1" },
});

test("registries in trouble keep a tree from landing for now, and are no verification cut off (Q3, Q3b)", () =>
  withQueue(async ({ submit, approve, ports, land, states, decide, store, epicId }) => {
    await submit(1, { "src/b.txt": "b" });
    await approve(1);
    const settings = { ...ports().settings, maxVerifyCuts: 1, setupTries: 3 };
    const landWith = (tries: number, isNew: boolean) =>
      land({ ...giving(weather(tries, isNew)), settings });

    await expect(landWith(1, true)).rejects.toMatchObject(retryable);
    await expect(landWith(2, true)).rejects.toMatchObject(retryable);
    // Nothing was tried: it is no reason to ask a person.
    await expect(landWith(3, false)).rejects.toMatchObject(retryable);
    expect((await states())[0]).toBe("APPROVED");
    await landWith(3, true);

    const { epic } = await store.epics.view(epicId);
    expect(epic).toMatchObject({ state: "PAUSED" });
    expect(JSON.stringify(epic)).toMatch(
      /could not be installed 3 times.*503 for left.*registries/,
    );
    expect(JSON.stringify(epic)).not.toContain("memory");
    await decide((view) => resumeEpic(view, { by: ana }));
    await land(giving({ kind: "none" }));
    expect((await states())[0]).toBe("COMPLETED");
  }));

test("a tree with a verdict needs no dependencies to be installed again (Q3, Q3b)", () =>
  withQueue(async ({ submit, approve, ports, land, states }) => {
    await submit(1, { "src/b.txt": "b" });
    await approve(1);
    const { git, sandbox } = ports();
    const set = { key: "a1", dir: "/nowhere", paths: [], owner: 0, bytes: 1, files: 1 };
    const verify: typeof sandbox.verify = (mirror, tree, command, bounds) =>
      sandbox.verify(mirror, tree, command, { ...bounds, dependencies: null });
    const push = () => Promise.reject(new PortError("git", "it is away", { retryable: true }));
    const unpushed = { git: { ...git, push }, sandbox: { ...sandbox, verify } };
    await expect(land({ ...giving({ kind: "ready", set }), ...unpushed })).rejects.toThrow("away");

    await land(giving(weather(1, true)));

    expect((await states())[0]).toBe("COMPLETED");
  }));
