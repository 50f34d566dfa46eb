import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { measureCells } from "../../../src/adapters/sandbox/cell-usage.ts";
import { CELL_MARK } from "../../../src/adapters/sandbox/end-cell.ts";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { shortId } from "../../../src/lib/ids.ts";
import { cellWorld } from "./cell-world.ts";

const held = 60_000_000;

test("without control groups a cell uses what its processes hold, children of children too (O5)", async () => {
  const owner = `test${shortId(8)}`;
  const hold = `const held = Buffer.alloc(${held}, 1); setInterval(() => held, 1e3)`;
  // The mark is in the arguments of what stands around a cell; what is inside does not carry it.
  const marked = ["-c", '"$2" -e "$3" & wait', CELL_MARK, `${owner}-w1`, process.execPath, hold];
  const cell = spawn("/bin/sh", marked, { stdio: "ignore", detached: true });
  const { pid } = cell;
  if (pid === undefined) throw new Error("the shell did not start");
  onTestFinished(() => {
    process.kill(-pid, "SIGKILL");
  });

  const usage = await awaitFact(
    "the cell holds its memory",
    () => measureCells(owner, null, tmpdir()),
    ({ memory }) => (memory.get("w1") ?? 0) > held,
  );

  expect([...usage.memory.keys()]).toEqual(["w1"]);
  expect(usage.memory.get("w1")).toBeLessThan(4 * held);
  expect(usage.diskFreeBytes).toBeGreaterThan(0);
  expect((await measureCells("nobody", null, tmpdir())).memory.size).toBe(0);
});

test("a process inside a cell that bears another cell's mark counts with its own, and dies with it alone (O5, S5)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  const { owner = "" } = /\0FACTORY_CELL\0(?<owner>[0-9a-f]+)-/.exec(
    (await world.shell("cat /proc/1/cmdline")).output,
  )?.groups ?? { owner: "" };
  expect(owner).not.toBe("");
  const ready = join(world.worktree.path, "ready");
  const forge = `sh -c 'touch ready; sleep 20; true' ${CELL_MARK} ${owner}-other x & wait`;
  const own = `cell-${shortId()}`;
  const running = world.shell(forge, { id: own });
  await awaitFact(
    "the forged mark is there",
    async () => existsSync(ready),
    (isThere) => isThere,
  );

  const { memory } = await world.sandbox.usage();
  await world.sandbox.end("other");
  const after = await world.sandbox.usage();
  const [mark = ""] = memory.keys();
  await world.sandbox.end(mark);

  expect([...memory.keys()]).toEqual([own]);
  expect([...after.memory.keys()]).toEqual([...memory.keys()]);
  expect((await running).exitCode).not.toBe(0);
});

test("files that a cell has read again and again are not memory that it holds (O5)", async () => {
  const world = cellWorld();
  const file = join(world.worktree.path, "large");
  const read = `dd if=/dev/zero of=large bs=1M count=150 status=none; for i in 1 2 3; do cat large >/dev/null; done`;
  const id = `cell-${shortId()}`;
  const running = world.shell(`${read}; touch ready; sleep 20`, { id });
  await awaitFact(
    "the file has been read",
    () => existsSync(join(world.worktree.path, "ready")),
    (isThere) => isThere,
  );

  const { memory } = await world.sandbox.usage();
  await world.sandbox.end(id);
  await running;

  expect(existsSync(file)).toBe(true);
  expect([...memory.keys()]).toEqual([id]);
  expect(memory.get(id)).toBeLessThan(50_000_000);
});
