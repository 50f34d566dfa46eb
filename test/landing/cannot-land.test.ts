// What keeps a landing from going on, and who is told.
import { expect, test } from "vitest";
import { completeEpic, resumeEpic } from "../../src/domain/decide-epic.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { base, withQueue } from "./queue-world.ts";

const ana = { id: 7, login: "ana" };

test("a push that a rule refuses is taken back, and the epic waits for whoever mends the rule (Q2a, Q6)", () =>
  withQueue(async ({ submit, approve, land, line, states, git, epicBranch, decide, ...world }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const ruled = {
      ...git,
      push: async (...asked: Parameters<typeof git.push>) => {
        if (asked[1].ref === `refs/heads/${epicBranch}`)
          throw new PortError("git", "the push was refused, protected branch", {
            retryable: false,
          });
        return await git.push(...asked);
      },
    };

    await land({ git: ruled });

    const { epic } = await world.store.epics.view(world.epicId);
    expect(await states()).toEqual(["APPROVED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect(epic).toMatchObject({
      state: "PAUSED",
      reason: expect.stringContaining("protected branch"),
    });
    expect(line()).toEqual([""]);

    await decide((view) => resumeEpic(view, { by: ana }));
    await land();

    expect(await states()).toEqual(["COMPLETED", "IN_PROGRESS", "IN_PROGRESS"]);
  }));

test("a landing that is published is found by its commit, whatever was begun after it (Q2a, R9)", () =>
  withQueue(async ({ submit, approve, land, states, git, epicBranch, store, epicId }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const dying = {
      ...git,
      push: async (...asked: Parameters<typeof git.push>) => {
        if (asked[1].ref === `refs/heads/${epicBranch}`) throw new Error("the process is gone");
        return await git.push(...asked);
      },
    };
    await expect(land({ git: dying })).rejects.toThrow("gone");
    const { tasks } = await store.epics.view(epicId);
    const { tipSha } = (await store.epics.view(epicId)).epic;
    const landing = {
      ...{ id: "begun-by-a-fast-clock", task: 1, headSha: tasks[0]?.headSha ?? "" },
      ...{ tipSha: tipSha ?? "", treeSha: null, mergeSha: null, leaseEpoch: 1 },
      ...{ state: "merging" as const, startedAt: "2100-01-01T00:00:00.000Z" },
    };
    await store.epics.change(epicId, { what: "test", actor: null }, () => ({
      decision: {},
      notes: [{ kind: "landing", landing }],
      result: null,
    }));

    await land();

    expect(await states()).toEqual(["COMPLETED", "IN_PROGRESS", "IN_PROGRESS"]);
  }));

test("an epic whose branch is gone waits for whoever brings it back (Q2a, Q6)", () =>
  withQueue(async ({ submit, approve, land, states, remote, epicBranch, store, epicId }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    remote.git(["update-ref", "-d", `refs/heads/${epicBranch}`]);

    await land();

    const { epic } = await store.epics.view(epicId);
    expect(epic).toMatchObject({ state: "PAUSED", reason: expect.stringContaining("is gone") });
    expect(await states()).toEqual(["APPROVED", "IN_PROGRESS", "IN_PROGRESS"]);
  }));

test("an epic that cannot land for a reason no retry mends is paused and says so (Q6)", () =>
  withQueue(async ({ submit, approve, land, branch, epicBranch, start, store, epicId }) => {
    branch(epicBranch, { ...base, "package.json": "no JSON" }, [start]);
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);

    await land();

    const { epic } = await store.epics.view(epicId);
    expect(epic).toMatchObject({ state: "PAUSED", reason: expect.stringContaining("not JSON") });
  }));

test("what a person's merge overtook in the middle of publishing is not pushed any more (L11)", () =>
  withQueue(async ({ submit, approve, land, states, git, epicBranch, line, decide, ...world }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const dying = {
      ...git,
      push: async (...asked: Parameters<typeof git.push>) => {
        if (asked[1].ref === `refs/heads/${epicBranch}`) throw new Error("the process is gone");
        return await git.push(...asked);
      },
    };
    await expect(land({ git: dying })).rejects.toThrow("gone");
    await decide((view) => completeEpic(view, world.start));
    expect(await world.store.epics.openIds()).toEqual([world.epicId]);

    await land();

    expect(await states()).toEqual(["CANCELLED", "CANCELLED", "CANCELLED"]);
    expect(line()).toEqual([""]);
    expect(await world.store.epics.openIds()).toEqual([]);
  }));
