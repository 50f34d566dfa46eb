import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { cellOf, cellWorld } from "../adapters/sandbox/cell-world.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { inDependencyWorld } from "./dependency-world.ts";

const run = promisify(execFile);
const PROGRAMS = ["sh", "prlimit", "git", "find", "cat", "ls"] as const;

/** A root file system of few programs, with what they load, and a tool that this host has not. */
function smallRoot(): string {
  const root = temporaryFolder();
  const files = new Set(PROGRAMS.map((name) => `/usr/bin/${name}`));
  // Node.js is the product's own; what it loads is the system's.
  for (const program of [...files, process.execPath]) {
    const loaded = execFileSync("ldd", [program], { encoding: "utf8" });
    for (const [, file = ""] of loaded.matchAll(/(\/\S+) \(0x/g)) files.add(file);
  }
  for (const file of files) {
    const to = join(root, file.startsWith("/usr") ? file : `/usr${file}`);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(file, to);
  }
  for (const name of ["bin", "lib", "lib64"]) {
    mkdirSync(join(root, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  writeFileSync(join(root, "usr/bin/own-tool"), "#!/bin/sh\necho the tool chain\n", {
    mode: 0o755,
  });
  return root;
}

test("a root file system takes the place of the host's programs in every cell (Q3b)", async () => {
  const { worktree, dataDir, base } = cellWorld();
  const sandbox = createSandbox({ dataDir, rootfs: smallRoot() });

  await sandbox.checkout(worktree, base);
  const line = "own-tool; cat src/a.txt; ls /usr/bin | grep -c python; command -v node";
  const seen = await sandbox.run(cellOf(worktree), ["/bin/sh", "-c", line], {
    maxOutputBytes: 10_000,
  });

  expect(seen.output).toMatch(/^the tool chain\none\n.*grep: not found\n/);
});

test("an npm in somebody's home is there in cells, where the system has none (Q3b)", async () => {
  const { worktree, dataDir } = cellWorld();
  const home = temporaryFolder();
  mkdirSync(join(home, "lib/npm/bin"), { recursive: true });
  mkdirSync(join(home, "bin"));
  writeFileSync(join(home, "lib/npm/bin/npm-cli.js"), "console.log('an npm of one’s own');\n");
  symlinkSync("../lib/npm/bin/npm-cli.js", join(home, "bin/npm"));
  const sandbox = createSandbox({ dataDir, rootfs: smallRoot(), programs: join(home, "bin") });

  const seen = await sandbox.run(cellOf(worktree), ["/bin/sh", "-c", "npm; node --version"], {
    maxOutputBytes: 10_000,
  });

  expect(seen.output).toBe(`an npm of one’s own\n${process.version}\n`);
});

test("a folder that cannot be the system of cells is refused, with what it lacks (Q3b)", () => {
  const dataDir = temporaryFolder();

  expect(() => createSandbox({ dataDir, rootfs: temporaryFolder() })).toThrow(/usr\/bin\/prlimit/);
  expect(() => createSandbox({ dataDir, rootfs: "relative" })).toThrow(/absolute path/);
});

test("an agent reads package registries only where its operator lets it (Q3b, S5)", async () => {
  await inDependencyWorld({}, async ({ sandbox, broker, worktree }) => {
    const { dir: brokerDir } = await broker.open({ name: "life-1", token: "t", registries: true });
    const inCell = async (registries: boolean, line: string): Promise<string> => {
      const cell = { ...cellOf(worktree), id: `agent-${registries}`, brokerDir, registries };
      const [file = "", ...args] = sandbox.wrap(cell, ["/bin/sh", "-c", line]);
      return await run(file, args, { timeout: 20_000 }).then(
        ({ stdout }) => stdout.trim(),
        () => "no way",
      );
    };

    const ask = `node -e 'fetch("http://127.0.0.1:4873/registry/npm/left").then(() => console.log("there"))'`;

    expect(await inCell(true, `npm view left version && ${ask}`)).toBe("1.0.0\nthere");
    expect(await inCell(false, ask)).toBe("no way");
  });
});
