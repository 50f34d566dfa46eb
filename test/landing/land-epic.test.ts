import { expect, test } from "vitest";
import { pauseEpic } from "../../src/domain/decide-epic.ts";
import { base, withQueue } from "./queue-world.ts";

const ana = { id: 7, login: "ana" };

test("approved heads land one after another in order of submission (Q1, Q3)", () =>
  withQueue(async ({ submit, approve, land, line, states, remote, epicBranch }) => {
    await submit(2, { "src/pears.txt": "pears\n" });
    const apples = await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    await approve(2);

    await land();

    expect(line()).toEqual([
      "Land task 14 (pull request 22) on ff/epic-12-a-catalogue",
      "Land task 13 (pull request 21) on ff/epic-12-a-catalogue",
    ]);
    expect(remote.git(["rev-parse", `${epicBranch}^2`])).toBe(apples);
    expect(await states()).toEqual(["COMPLETED", "COMPLETED", "IN_PROGRESS"]);
  }));

test("a submission that waits for its review holds its place in the line (Q1)", () =>
  withQueue(async ({ submit, approve, land, states }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await submit(2, { "src/pears.txt": "pears\n" });
    await approve(2);

    await land();

    expect(await states()).toEqual(["PENDING_REVIEW", "APPROVED", "IN_PROGRESS"]);
  }));

test("a real conflict goes back with its files, and those behind it land (Q1, Q3)", () =>
  withQueue(async ({ submit, approve, land, states, store, epicId }) => {
    await submit(1, { "src/a.txt": "one\n2\n3\n4\n5\n6\n7\n8\n9\n" });
    await submit(2, { "src/a.txt": "uno\n2\n3\n4\n5\n6\n7\n8\n9\n" });
    await submit(3, { "src/a.txt": "1\n2\n3\n4\n5\n6\n7\n8\nnine\n" });
    for (const task of [1, 2, 3]) await approve(task);

    await land();

    const { unreadMail } = await store.epics.view(epicId);
    expect(await states()).toEqual(["COMPLETED", "NEEDS_REBASE", "COMPLETED"]);
    expect(unreadMail.find((mail) => mail.to === "worker/2")?.body).toContain("src/a.txt");
  }));

test("what fails merged goes back with the output, though each part passed alone (Q3)", () =>
  withQueue(async ({ submit, approve, land, states, store, epicId, line }) => {
    await submit(1, { "src/apples.txt": "broken\n" });
    await submit(2, { "src/pears.txt": "pears\n" });
    await approve(1);
    await approve(2);

    await land();

    const { tasks, unreadMail } = await store.epics.view(epicId);
    expect(await states()).toEqual(["CHANGES_REQUESTED", "COMPLETED", "IN_PROGRESS"]);
    expect(tasks[0]?.queuePlace).toBeNull();
    expect(unreadMail.find((mail) => mail.to === "worker/1")?.subject).toBe("Verify failed");
    expect(line()).toHaveLength(1);
  }));

test("two queue processes at once land everything once (Q2a)", () =>
  withQueue(async ({ submit, approve, ports, land, line, another }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await submit(2, { "src/pears.txt": "pears\n" });
    await approve(1);
    await approve(2);
    const second = { ...ports().settings, holder: "two" };

    await Promise.all([land(), land({ settings: second, git: another() })]);
    await land();

    expect(line()).toHaveLength(2);
  }));

test("a holder that lost its lease changes nothing any more (Q2a)", () =>
  withQueue(async ({ submit, approve, ports, land, line, states, store, epicId }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const { sandbox } = ports();
    const whileVerified = {
      ...sandbox,
      verify: async (...asked: Parameters<typeof sandbox.verify>) => {
        await store.leases.release(`landing/${epicId}`, 1);
        await store.leases.take(`landing/${epicId}`, "two", 60_000);
        return await sandbox.verify(...asked);
      },
    };

    await expect(land({ sandbox: whileVerified })).rejects.toThrow(/stale/);

    expect(await states()).toEqual(["APPROVED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect(line()).toEqual([""]);
  }));

test("a pause while a tree is verified keeps it from being published (Q2a)", () =>
  withQueue(async ({ submit, approve, ports, land, line, decide, states }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const { sandbox } = ports();
    const whileVerified = {
      ...sandbox,
      verify: async (...asked: Parameters<typeof sandbox.verify>) => {
        await decide((view) => pauseEpic(view, { by: ana, reason: "" }));
        return await sandbox.verify(...asked);
      },
    };

    await land({ sandbox: whileVerified });

    expect(await states()).toEqual(["APPROVED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect(line()).toEqual([""]);
  }));

test("a push cut off after it arrived is finished by the next holder, not repeated (Q2a, R9)", () =>
  withQueue(async ({ submit, approve, ports, land, line, states, git, epicBranch }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    const dying = {
      ...git,
      push: async (...asked: Parameters<typeof git.push>) => {
        const answer = await git.push(...asked);
        if (asked[1].ref === `refs/heads/${epicBranch}`) throw new Error("the process is gone");
        return answer;
      },
    };

    await expect(land({ git: dying })).rejects.toThrow("gone");
    expect(await states()).toEqual(["PUBLISHING", "IN_PROGRESS", "IN_PROGRESS"]);
    await land({ settings: { ...ports().settings, holder: "two" } });

    expect(await states()).toEqual(["COMPLETED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect(line()).toHaveLength(1);
  }));

test("nothing lands unverified: without a command the epic is paused and says so (Q3, Q3a)", () =>
  withQueue(async ({ approve, land, line, submit, store, epicId, branch, epicBranch, start }) => {
    branch(epicBranch, { "src/a.txt": "no manifest\n" }, [start]);
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);

    await land();

    const { epic, tasks } = await store.epics.view(epicId);
    expect(epic).toMatchObject({
      state: "PAUSED",
      reason: expect.stringContaining("VERIFY_COMMAND"),
    });
    expect(tasks[0]?.state).toBe("APPROVED");
    expect(line()).toEqual(["change"]);
  }));

test("a human's push in the middle of publishing sends the landing back to the line's front (Q2a)", () =>
  withQueue(async ({ submit, approve, land, line, states, git, branch, start, epicBranch }) => {
    await submit(1, { "src/apples.txt": "apples\n" });
    await approve(1);
    let pushed = false;
    const racing = {
      ...git,
      push: async (...asked: Parameters<typeof git.push>) => {
        if (asked[1].ref === `refs/heads/${epicBranch}` && !pushed) {
          pushed = true;
          branch(epicBranch, { ...base, "src/human.txt": "by hand\n" }, [start]);
        }
        return await git.push(...asked);
      },
    };

    await land({ git: racing });

    expect(await states()).toEqual(["COMPLETED", "IN_PROGRESS", "IN_PROGRESS"]);
    expect(line()).toEqual(["change", "Land task 13 (pull request 21) on ff/epic-12-a-catalogue"]);
  }));
