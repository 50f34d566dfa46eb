import { describe, expect, test } from "vitest";
import { commands } from "../../src/commands/index.ts";
import type { Permission } from "../../src/ports/git-hub.ts";
import { answer, running, viewFor, write } from "./support/written.ts";

const lowest: Readonly<Record<string, Permission>> = {
  help: "triage",
  status: "triage",
  pause: "write",
  resume: "write",
  cancel: "write",
  approve: "write",
  deny: "write",
  task: "write",
  budget: "write",
  stats: "triage",
  model: "write",
  permissions: "write",
  harness: "write",
};
const permissions: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];

describe("who may run what", () => {
  const matrix = commands.flatMap(({ name, examples }) =>
    permissions.map((permission) => ({ name, permission, example: examples[0] ?? "" })),
  );

  test.each(matrix)(
    "$permission may run $name only from its least permission on (S1, H6)",
    (cell) => {
      const least = lowest[cell.name] ?? expect.fail(`no least permission is written down`);
      const may = permissions.indexOf(cell.permission) >= permissions.indexOf(least);

      const outcome = write(cell.example, { ...cell, view: viewFor[cell.name] ?? running });

      expect(outcome.kind).toBe(may ? "run" : "refused");
    },
  );

  test("a refusal for lack of permission is one short sentence and stores nothing (S1)", () => {
    const outcome = write("/ff cancel", { permission: "read" });

    expect(outcome).toMatchObject({ kind: "refused", refused: "not-permitted" });
    expect(outcome).not.toHaveProperty("decision");
    expect(answer(outcome)).toMatchInlineSnapshot(`
      "\`/ff cancel\` was not done:

      ada has read permission here; this takes write."
    `);
  });

  test("somebody who may see nothing learns of no command by guessing (S1)", () => {
    const outcome = write("/ff cancle", { permission: "none" });

    expect(outcome).toMatchObject({ kind: "refused", refused: "not-permitted" });
    expect(answer(outcome)).not.toContain("cancel`");
  });
});
