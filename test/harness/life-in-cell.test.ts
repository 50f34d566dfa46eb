import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { bundleHarness } from "../../src/adapters/harness/bundle-harness.ts";
import { createTerminal } from "../../src/adapters/tmux/tmux.ts";
import { runnerArgv } from "../../src/harness/runner-argv.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { SessionInfo } from "../../src/ports/host.ts";
import { cellOf, cellWorld } from "../adapters/sandbox/cell-world.ts";
import { startBrokerProgram } from "../broker/broker-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { says, text, use } from "./fake-model.ts";
import { createFakeProduct } from "./fake-product.ts";

const NAME = "r1-worker-15-3";

test("an agent lives in a tmux session, in a cell, through the broker (A1, S5)", async () => {
  const world = cellWorld({}, {}, await bundleHarness(temporaryFolder()));
  const { product, url } = await listening([
    says(
      use("t1", "shell", { command: "echo done >> src/a.txt; git status --short; id -u" }),
      use("t2", "shell", { command: "git commit -m x" }),
      use("t3", "git_commit", { message: "x" }),
    ),
    says(text("All done.")),
  ]);
  const brokerDir = join(world.folder, "b");
  const program = await startBrokerProgram(brokerDir, url);
  const broker = createBroker({ controlSocket: program.controlSocket });
  const terminal = createTerminal({ socketPath: join(world.folder, "s") });
  await world.sandbox.checkout(world.worktree, world.base);

  const { dir } = await broker.open({ name: NAME, token: "life-token" });
  const cell = cellOf(world.worktree, { id: NAME, brokerDir: dir, timeoutMs: null });
  const logFile = join(world.folder, "log");
  await terminal.start({ name: NAME, argv: world.sandbox.wrap(cell, runnerArgv), logFile });
  const find = async (): Promise<SessionInfo | undefined> => (await terminal.list())[0];
  const ended = await awaitFact("the life has ended", find, (life) => life?.dead === true);
  const screen = await terminal.screen(NAME, 40);
  await terminal.kill(NAME);
  await terminal.shutdown();
  await broker.close(NAME);
  await program.stop();
  product.server.close();
  product.server.closeAllConnections();

  expect(ended, screen).toEqual({ name: NAME, dead: true, exitCode: 0, signal: null });
  expect(product.turns.get(2)).toMatchObject({
    content: [
      { content: " M src/a.txt\n65534" },
      { is_error: true, content: expect.stringContaining("call the tool git_commit") },
      { content: "committed" },
    ],
  });
  const lives = product.asked.map(({ headers }) => Object(headers)["x-factory-life"]);
  expect(new Set(lives)).toEqual(new Set([NAME]));
  expect(screen).toContain("worker-15.3 · worker · model-1");
  expect(screen).toContain("All done.");
  expect(readFileSync(logFile, "utf8")).toContain("All done.");
  expect(existsSync(dir)).toBe(false);
});

async function listening(answers: Parameters<typeof createFakeProduct>[0]["answers"]) {
  const product = createFakeProduct(answers === undefined ? {} : { answers });
  await new Promise<void>((resolve) => product.server.listen(0, "127.0.0.1", () => resolve()));
  const address = product.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { product, url: `http://127.0.0.1:${port}` };
}
