import { expect, test } from "vitest";
import { watchLives } from "../../src/host/end-life.ts";
import { onHost } from "./host-world.ts";

const start = { kind: "startLife", agent: "worker/1" } as const;
const stateOf = (view: {
  readonly agents: readonly { readonly key: string; readonly state: string }[];
}) => view.agents.find((agent) => agent.key === "worker/1")?.state;

test("a life has a worktree of its branch's files, a cell and a session, once (A1, L9)", () =>
  onHost("ls > seen.txt; exec sleep 600", async ({ perform, session, ports, view }) => {
    await perform(start);
    await perform(start);
    await session((one) => one?.dead === false);

    expect(stateOf(await view())).toBe("RUNNING");
    expect((await ports.terminal.list()).map(({ name }) => name)).toHaveLength(1);
    expect(await ports.broker.list()).toHaveLength(1);
    expect(await ports.git.worktrees((await view()).epic.repository)).toEqual(["epic-12-task-1"]);
  }));

test("a first try that was cut off after the session came up is taken as it is (R9)", () =>
  onHost("exec sleep 600", async ({ perform, ports, view }) => {
    const dying = {
      ...ports.terminal,
      start: async (...asked: Parameters<typeof ports.terminal.start>) => {
        await ports.terminal.start(...asked);
        throw new Error("the process is gone");
      },
    };
    const { performHostEffect } = await import("../../src/host/perform-host.ts");

    await expect(
      performHostEffect(start, await view(), { ...ports, terminal: dying }),
    ).rejects.toThrow("gone");
    await perform(start);

    expect((await ports.terminal.list()).map(({ name }) => name)).toHaveLength(1);
    expect((await view()).agents.find((agent) => agent.key === "worker/1")?.life).toBe(1);
  }));

test("a process that dies is recorded and started again, until the limit fails its task (R2)", () =>
  onHost("exit 9", async ({ perform, session, ports, view }) => {
    await perform(start);
    await session((one) => one?.dead === true);
    await watchLives(ports);
    expect(stateOf(await view())).toBe("STARTING");

    await perform(start);
    await session((one) => one?.dead === true);
    await watchLives(ports);

    const { tasks, unreadMail } = await view();
    expect(stateOf(await view())).toBe("FAILED");
    expect(tasks[0]).toMatchObject({ state: "FAILED" });
    expect(unreadMail.at(-1)).toMatchObject({ to: "supervisor", subject: "Task 1 is FAILED" });
    expect(await ports.broker.list()).toEqual([]);
  }));

test("a process that ends in peace is asleep, and mail wakes it (A8)", () =>
  onHost("exit 0", async ({ perform, session, ports, view }) => {
    await perform(start);
    await session((one) => one?.dead === true);
    await watchLives(ports);
    expect(stateOf(await view())).toBe("ASLEEP");

    const { epic } = await view();
    await ports.store.epics.change(epic.id, { what: "test", actor: null }, () => ({
      decision: {
        mail: [{ to: "worker/1", from: { kind: "product" }, subject: "s", body: "b" }],
      },
      result: null,
    }));

    expect(stateOf(await view())).toBe("STARTING");
  }));

test("a session that belongs to no life is ended, and so is a stopped life's (R9)", () =>
  onHost("exec sleep 600", async ({ perform, ports, view }) => {
    await perform(start);
    await ports.terminal.start({
      name: "r1-worker-99-1",
      argv: ["/bin/sleep", "600"],
      logFile: `${ports.settings.logDir}/stray.log`,
    });

    await watchLives(ports);
    expect((await ports.terminal.list()).map(({ name }) => name)).toEqual([
      `r${(await view()).epic.repository.id}-worker-13-1`,
    ]);

    await perform({ kind: "stopLife", agent: "worker/1", reason: "enough" });
    await perform({ kind: "removeWorktree", agent: "worker/1" });
    expect(await ports.terminal.list()).toEqual([]);
    expect(await ports.git.worktrees((await view()).epic.repository)).toEqual([]);
  }));
