import { expect, test } from "vitest";
import type { HostPorts, RoomLimits } from "../../src/host/host-ports.ts";
import { performHostEffect } from "../../src/host/perform-host.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { takeMessages } from "../support/take-messages.ts";
import { type HostWorld, onHost } from "./host-world.ts";

const start = { kind: "startLife", agent: "worker/1" } as const;
const supervisor = { kind: "startLife", agent: "supervisor" } as const;

async function starting({ ports, view }: HostWorld, more: Partial<HostPorts>) {
  return await performHostEffect(start, await view(), { ...ports, ...more });
}

function roomOf({ ports }: HostWorld, room: Partial<RoomLimits>): Partial<HostPorts> {
  const { settings } = ports;
  return { settings: { ...settings, room: { ...settings.room, ...room } } };
}

test("no agent starts on a disk that is nearly full, and people are told once (O5)", () =>
  onHost("exec sleep 600", async (world) => {
    const full = roomOf(world, { minDiskFreeBytes: Number.MAX_SAFE_INTEGER });

    const first = await starting(world, full);
    const again = await starting(world, full);

    expect(first).toMatchObject({
      kind: "queued",
      queue: "host",
      reason: expect.stringMatching(
        /^h has [\d.]+ GB of disk free, and MIN_DISK_FREE_BYTES keeps [\d.]+ GB$/,
      ),
    });
    expect(again).toEqual(first);
    expect(await world.ports.terminal.list()).toEqual([]);
    const { epic, agents } = await world.view();
    expect(agents.find(({ key }) => key === "worker/1")).toMatchObject({
      state: "STARTING",
      crashes: 0,
      life: 0,
    });
    const told = await takeMessages(world.ports.store, epic.id);
    expect(told.filter(({ kind }) => kind === "hostLimit")).toMatchObject([{ what: "disk" }]);
    expect(await starting(world, {})).toEqual({ kind: "done", facts: [] });
  }));

test("a host has so many sessions and no more (O5)", () =>
  onHost("exec sleep 600", async (world) => {
    await starting(world, roomOf(world, { maxSessions: 1 }));

    const second = await performHostEffect(supervisor, await world.view(), {
      ...world.ports,
      ...roomOf(world, { maxSessions: 1 }),
    });

    expect(second).toMatchObject({
      kind: "queued",
      queue: "host",
      reason: "h has its 1 sessions (MAX_SESSIONS)",
    });
    expect(await world.ports.terminal.list()).toHaveLength(1);
  }));

test("in a long trouble with models one start tries as often as the operator says (L6, O5)", () =>
  onHost("exec sleep 600", async (world) => {
    const { settings, store } = world.ports;
    const asked: (number | undefined)[] = [];
    const modelTroubles = {
      ...store.modelTroubles,
      modelTrouble: async (probeMs?: number) => {
        asked.push(probeMs);
        return null;
      },
    };

    await starting(world, {
      settings: { ...settings, modelProbeMs: 1_234 },
      store: { ...store, modelTroubles },
    });

    expect(asked).toEqual([1_234]);
  }));

test("a small limit is told in its own figures, with its setting (O5)", () =>
  onHost("exec sleep 600", async (world) => {
    const small = roomOf(world, { memoryBudgetBytes: 1, lifeMemoryBytes: 5e6 });
    await starting(world, small);

    const second = await performHostEffect(supervisor, await world.view(), {
      ...world.ports,
      ...small,
    });

    expect(second).toMatchObject({
      reason: expect.stringMatching(
        /^agents on h have [\d.]+ [MG]B of memory, and 5 MB for one more is over MEMORY_BUDGET_BYTES, 1 bytes$/,
      ),
    });
  }));

test("what a host's cells use is measured, and ends with them (O5)", () =>
  onHost(
    "exec node -e 'const held = Buffer.alloc(8e7, 1); setInterval(() => held, 1e3)'",
    async (world) => {
      await starting(world, {});
      const { sandbox, store } = world.ports;
      const [life] = await store.lives.onHost("h");

      await awaitFact(
        "the life holds its memory",
        async () => (await sandbox.usage()).memory.get(life?.name ?? "") ?? 0,
        (bytes) => bytes > 80e6,
      );
      await performHostEffect(
        { kind: "stopLife", agent: "worker/1", reason: "enough" },
        await world.view(),
        world.ports,
      );

      const { memory, diskFreeBytes } = await sandbox.usage();
      expect([...memory.keys()]).toEqual([]);
      expect(diskFreeBytes).toBeGreaterThan(0);
    },
  ));

test("while the model provider is in long trouble starts wait without an attempt (G3)", () =>
  onHost("exec sleep 600", async (world) => {
    const { store } = world.ports;
    const trouble = { id: 1, beganAt: "2026-01-01T00:00:00Z", endedAt: null, reason: "529" };
    const modelTroubles = { ...store.modelTroubles, modelTrouble: async () => trouble };

    const waits = await starting(world, { store: { ...store, modelTroubles } });

    expect(waits).toMatchObject({ kind: "queued", queue: "model" });
    expect(await world.ports.terminal.list()).toEqual([]);
    expect(await starting(world, {})).toEqual({ kind: "done", facts: [] });
  }));
