import { expect, test } from "vitest";
import { beginEpic } from "../../src/domain/decide-epic.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { watchLives } from "../../src/host/end-life.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { type AgentsPorts, performHostLane } from "../../workers/agents.ts";
import { rules } from "../support/store.ts";
import { takeMessages } from "../support/take-messages.ts";
import { type HostWorld, onHost } from "./host-world.ts";

// Five lives that each need most of what the agents of this host may use.

const megabyte = 1_000_000;
const budget = 160 * megabyte;
const lives = 5;
// Longer than one look at what cells use is good for: no life comes and goes unseen.
const hungry = `exec node -e "const held = Buffer.alloc(${60 * megabyte}, 1); setTimeout(() => held, 700)"`;

function narrow(ports: HostPorts): HostPorts {
  const room = { ...ports.settings.room, memoryBudgetBytes: budget };
  const settings = {
    ...ports.settings,
    room: { ...room, lifeMemoryBytes: 120 * megabyte },
    queueLookMs: 20,
  };
  return { ...ports, settings };
}

/** Epics of the same repository; each has a supervisor to start. */
async function openEpics({ ports, view }: HostWorld): Promise<readonly number[]> {
  const { repository } = (await view()).epic;
  const ids: number[] = [];
  for (let issueNumber = 101; issueNumber <= 100 + lives; issueNumber += 1) {
    const { epicId } = await ports.store.epics.open({
      repository,
      issueNumber,
      ...{ title: "Hungry", body: "Build it.", author: { id: 7, login: "ana" }, plan: "auto" },
      ...{ verifyCommand: null, branch: `ff/epic-${issueNumber}`, baseBranch: "main" },
    });
    await ports.store.epics.change(epicId, { what: "test", actor: null }, (now) => ({
      decision: beginEpic(now, rules.profiles.supervisor),
      result: null,
    }));
    ids.push(epicId);
  }
  return ids;
}

test("five lives of which one fits into the budget all get their turn, and the budget is kept (O5)", () =>
  onHost(hungry, async (world) => {
    const host = narrow(world.ports);
    const { store } = host;
    const ids = await openEpics(world);
    const failures: string[] = [];
    const ports: AgentsPorts = {
      store,
      host,
      onFailure: (_queued, { reason }) => failures.push(reason),
      settings: {
        ...{ holder: "test", leaseMs: 60_000, maxAttempts: 3, maxNotYet: 3, notYetMs: 50 },
        restarts: defaultRestartRules,
      },
    };
    const lanes = ids.map((id) => `agent/${id}/supervisor`);
    let peak = 0;
    let mostAtOnce = 0;
    const places = new Set<string>();

    await awaitFact(
      "every supervisor had its turn",
      async () => {
        const due = new Set(await store.outbox.dueLanes("agent/"));
        await Promise.all(
          lanes.filter((lane) => due.has(lane)).map((lane) => performHostLane(lane, ports)),
        );
        const { memory } = await host.sandbox.usage();
        const used = [...memory.values()].reduce((sum, size) => sum + size, 0);
        peak = Math.max(peak, used);
        mostAtOnce = Math.max(mostAtOnce, (await store.lives.onHost("h")).length);
        for (const id of ids)
          for (const { place, of } of await store.places.queuePlaces(id))
            places.add(`${place}/${of}`);
        await watchLives(host);
        const views = await Promise.all(ids.map((id) => store.epics.view(id)));
        return views.map(
          ({ agents }) => `${agents[0]?.state} ${agents[0]?.life} ${agents[0]?.crashes}`,
        );
      },
      (states) => states.every((state) => /^[A-Z]+ [1-9]\d* 0$/.test(state)),
      { limitMs: 15_000 },
    );

    expect(failures).toEqual([]);
    expect(mostAtOnce).toBe(1);
    expect(peak).toBeGreaterThan(60 * megabyte);
    expect(peak).toBeLessThanOrEqual(1.1 * budget);
    expect(places).toContain("1/4");
    expect(places).toContain("4/4");
    const told = (await Promise.all(ids.map((id) => takeMessages(store, id)))).flat();
    expect(told.filter(({ kind }) => kind === "hostLimit")).toMatchObject([{ what: "memory" }]);
  }));
