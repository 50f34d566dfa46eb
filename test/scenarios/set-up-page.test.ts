import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";

const root = join(import.meta.dirname, "../..");
const limitMs = 30_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

test("without credentials the product serves the page that makes its App, with all it asks for (D1, S11)", async () => {
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, "src/main.ts")], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: "/nonexistent", PORT: String(port), LOG_LEVEL: "fatal" },
    stdio: "ignore",
  });
  try {
    const page = await awaitFact(
      "the set-up page is served",
      async () => await (await fetch(`http://127.0.0.1:${port}/probot`)).text(),
      (text) => text.includes("manifest"),
      { limitMs },
    );

    expect(page).toContain("https://github.com/settings/apps/new");
    expect(page).toContain('"contents":"write"');
    expect(page).toContain('"statuses":"read"');
    expect(page).toContain('"issue_dependencies"');
    expect(page).not.toContain('"workflows"');
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  }
});
