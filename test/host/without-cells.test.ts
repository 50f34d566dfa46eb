import pino from "pino";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { ConfigError, readConfig } from "../../src/config.ts";
import { examine } from "../../src/doctor/index.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { shortId } from "../../src/lib/ids.ts";
import { renderStatus } from "../../src/text/render-status.ts";
import { probeCells } from "../../workers/cells.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { onHost } from "./host-world.ts";

// A host on which bubblewrap makes no cell: a program stands in its place that fails as it would.

const noBwrap = "/bin/false";
const byName = { UNSAFE_NO_SANDBOX: "run-agents-without-a-cell" };
const start = { kind: "startLife", agent: "worker/1" } as const;

test("a host that cannot make cells refuses to start, unless it is told by name; then it says so loudly (S5)", async () => {
  const { lines, log } = listen();
  const dataDir = temporaryFolder();
  const plain = { least: "C", withoutCells: false } as const;

  const refused = await probeCells(createSandbox({ dataDir, bwrap: noBwrap }), plain, log);
  expect(refused).toMatchObject({ kind: "refuses", why: expect.stringMatching(/npm run doctor/) });
  expect(lines.join("")).not.toContain("cells.none");

  const allowed = createSandbox({ dataDir, bwrap: noBwrap, withoutCells: true });
  const wish = { ...plain, withoutCells: true };
  expect(await probeCells(allowed, wish, log)).toEqual({ kind: "runs", level: "none" });
  expect(lines.at(-1)).toMatch(/"level":50.*UNSAFE_NO_SANDBOX.*ordinary programs.*cells\.none/);
  expect(await probeCells(allowed, { ...wish, least: "B" }, log)).toMatchObject({
    kind: "refuses",
  });
});

test("no other word than the one that says what it does switches cells off (S5)", () => {
  expect(readConfig(byName).UNSAFE_NO_SANDBOX).toBe(byName.UNSAFE_NO_SANDBOX);
  for (const word of ["true", "1", "yes"]) {
    const read = () => readConfig({ UNSAFE_NO_SANDBOX: word });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/UNSAFE_NO_SANDBOX: takes one value.*run-agents-without-a-cell/);
  }
});

test("the doctor calls a host without cells an error, with and without the setting (S5, O5)", async () => {
  const cells = async (environment: NodeJS.ProcessEnv) =>
    (await examine({ BUBBLEWRAP_PATH: noBwrap, ...environment })).find(
      ({ name }) => name === "cells",
    );

  const [refused, allowed] = [await cells({}), await cells(byName)];

  expect(refused).toMatchObject({ state: "error", says: expect.stringContaining("asks for C") });
  expect(allowed).toMatchObject({
    state: "error",
    says: expect.stringContaining("AGENTS RUN AS ORDINARY PROGRAMS"),
  });
});

test("without cells a life runs a tool and its work is staged; its level is stored and told (S5, G4)", () =>
  onHost(
    'test -S "$FACTORY_BROKER_DIR/broker.sock" && echo price > prices.txt; exec sleep 600',
    async (world) => {
      await probeCells(world.ports.sandbox, { least: "C", withoutCells: true }, listen().log);
      await world.perform(start);
      await world.session((one) => one?.dead === false);
      const { epic } = await world.view();

      const head = await awaitFact(
        "the agent's file is in a commit",
        async () => {
          await world.ask(shortId(), { kind: "commit", task: 1, message: "Add prices" });
          return (await world.view()).tasks[0]?.headSha ?? null;
        },
        (sha) => sha !== null && sha !== world.start,
      );

      const file = { sha: head ?? "", path: "prices.txt", maxBytes: 100 };
      expect(await world.ports.git.readFile(epic.repository, file)).toBe("price\n");
      const { db } = openDatabase(world.databaseUrl);
      expect(await db.selectFrom("lives").select("cell_level").execute()).toEqual([
        { cell_level: "none" },
      ]);
      await db.destroy();
      const status = renderStatus(await world.ports.store.epics.status(epic.id));
      expect(status).toMatch(/^\*\*No cells: .*UNSAFE_NO_SANDBOX/);
      const [life] = await world.ports.store.lives.onHost("h");
      await world.ports.terminal.kill(life?.name ?? "");
      await world.ports.sandbox.end(life?.name ?? "");
    },
    { bwrap: noBwrap, withoutCells: true },
  ));

function listen() {
  const lines: string[] = [];
  return { lines, log: pino({}, { write: (line: string) => void lines.push(line) }) };
}
