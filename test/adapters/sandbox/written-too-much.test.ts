import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellWorld } from "./cell-world.ts";

const limits = { writeBytes: 2_000_000, writeFiles: 500, writeLookMs: 100 };
const bounds = { timeoutMs: 20_000, maxOutputBytes: 10_000 };

test("a verify that writes too much in all is ended within seconds, and told as that (S5, Q3)", async () => {
  const { sandbox, worktree, base, dataDir } = cellWorld(limits);
  const parts = "for i in 1 2 3 4; do head -c 900000 /dev/zero >part$i; done; sleep 600";

  const ended = await sandbox.verify(worktree.mirror, base, parts, bounds);

  expect(ended).toMatchObject({ exitCode: null, timedOut: false });
  expect(ended.wroteTooMuch).toMatch(/^wrote more than 2000000 bytes \(CELL_WRITE_BYTES\): \d{7}$/);
  expect(readdirSync(join(dataDir, "cells", "verify"))).toEqual([]);
});

test("too many files are too much as well; what stays within its bounds is left alone (S5)", async () => {
  const { sandbox, worktree, base } = cellWorld(limits);

  const ended = await sandbox.verify(worktree.mirror, base, "touch $(seq 900); sleep 600", bounds);
  const fine = await sandbox.verify(worktree.mirror, base, "touch $(seq 100); sleep 0.3", bounds);

  expect(ended.wroteTooMuch).toContain("wrote more than 500 files (CELL_WRITE_FILES): ");
  expect(fine).toMatchObject({ exitCode: 0, timedOut: false });
  expect(fine.wroteTooMuch).toBeUndefined();
});

test("a setup that writes too much fails for that, and nothing of it is kept (S5, Q3b)", async () => {
  const { sandbox, worktree, base, folder, dataDir } = cellWorld(limits);

  const result = await sandbox.setup({
    ...{ inputs: ["one"], mirror: worktree.mirror, tree: base, tools: [] },
    command: "head -c 4000000 /dev/zero >made; sleep 600",
    openRegistries: async () => ({ dir: folder }),
    closeRegistries: async () => {},
  });

  expect(result).toMatchObject({
    kind: "failed",
    output: expect.stringContaining("it wrote more"),
  });
  const sets = join(dataDir, "dependencies", "sets");
  expect(existsSync(sets) ? readdirSync(sets).filter((name) => !name.includes(".")) : []).toEqual(
    [],
  );
});
