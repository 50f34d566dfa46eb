import { expect, test, vi } from "vitest";
import type { Provided } from "../../src/dependencies/dependencies.ts";
import { workerKey } from "../../src/domain/agent.ts";
import { tellSetupFailed } from "../../src/domain/decide-setup.ts";
import { applied } from "../../src/domain/decision.ts";
import { onHost } from "../host/host-world.ts";
import { aTask, viewOf } from "../support/epic-view.ts";

const worktree = { key: "1", path: "/t/1", gitDir: "/t/1.git", mirror: "/m" };

const failed = (output: string): Provided => ({ kind: "failed", output });
const weather = (reason: string): Provided => ({
  ...{ kind: "weather", reason },
  ...{ tries: 9, retryInMs: 5, isNew: true },
});

test("an agent that wakes again on another process is not told again what it knows (Q3b, R2)", () =>
  onHost("true", async ({ ports, view }) => {
    const wakes = async (provided: Provided, sha = "a1"): Promise<number> => {
      // A process that has just begun.
      vi.resetModules();
      const { lendDependencies } = await import("../../src/host/lend-dependencies.ts");
      const dependencies = { inTheMaking: () => null, withoutWaiting: async () => provided };
      const sandbox = { ...ports.sandbox, takeBack: async () => undefined };
      const what = { worktree, agent: workerKey(1), task: 1, sha };
      await lendDependencies(await view(), what, { ...ports, sandbox, dependencies });
      return (await view()).unreadMail.length;
    };

    expect(await wakes(failed("no left 10.11.12, log 2026-11-23T05_12"))).toBe(1);
    expect(await wakes(failed("no left 10.11.12, log 2026-11-24T07_30"))).toBe(1);
    expect(await wakes(failed("no left 10.11.13, log 2026-11-24T07_31"))).toBe(2);
    expect(await wakes(weather("503 for left"))).toBe(3);
    expect(await wakes(weather("504 for right"))).toBe(3);
    expect(await wakes(weather("504 for right"), "b2")).toBe(4);
    const refused: Provided = { kind: "refused", reason: "this host makes no cells" };
    expect([await wakes(refused), await wakes(refused)]).toEqual([5, 5]);
  }));

test("each agent is told of its own dependencies (Q3b)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" })]);
  const first = tellSetupFailed(view, "worker/1", { about: "x", output: "no left" });
  const after = applied(view, first);

  expect(first.mail).toMatchObject([{ to: "worker/1" }]);
  expect(tellSetupFailed(after, "worker/1", { about: "x", output: "no left" })).toEqual({});
  expect(tellSetupFailed(after, "worker/2", { about: "x", output: "no" }).mail).toHaveLength(1);
});
