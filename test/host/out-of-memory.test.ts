import { expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { watchLives } from "../../src/host/end-life.ts";
import { performHostEffect } from "../../src/host/perform-host.ts";
import { onHost } from "./host-world.ts";

const megabyte = 1_000_000;
const start = { kind: "startLife", agent: "worker/1" } as const;

test("a life that outgrows its cell's memory is ended alone, and that is said as such (F25, R2)", () =>
  onHost("exec head -c 300000000 /dev/zero > /tmp/large", async (world) => {
    const limits = { memoryBytes: 80 * megabyte };
    const sandbox = createSandbox({ dataDir: world.git.dataDir, limits });
    const ports = { ...world.ports, sandbox };

    await performHostEffect(start, await world.view(), ports);
    await world.session((one) => one?.dead === true);
    await watchLives(ports);

    const { db } = openDatabase(world.databaseUrl);
    const [life] = await db.selectFrom("lives").select(["how", "reason"]).execute();
    await db.destroy();
    expect(life).toEqual({
      how: "crashed",
      reason: "it ran out of the memory its cell may use, and was killed",
    });
    expect((await world.view()).agents.find(({ key }) => key === "worker/1")).toMatchObject({
      state: "STARTING",
      crashes: 1,
    });
  }));
