import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inDependencyWorld } from "./dependency-world.ts";

const BOUNDS = { timeoutMs: 20_000, maxOutputBytes: 20_000 };
const QUICK = { tools: [], command: "mkdir node_modules; echo x >node_modules/x" };

test("real npm installs once for all who ask, from the lock file of the public registry (Q3b)", async () => {
  await inDependencyWorld({}, async ({ sandbox, worktree, project, setup, registry }) => {
    const tree = project();

    const [first, second] = await Promise.all([setup(tree), setup(tree)]);
    const third = await setup(tree);

    if (first?.kind !== "ready") throw new Error(JSON.stringify(first));
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(first.set.paths).toEqual([{ path: "node_modules", isFolder: true }]);
    expect(registry.asked).toEqual(["GET /left/-/left-1.0.0.tgz"]);
    const verified = await sandbox.verify(
      worktree.mirror,
      tree,
      "node src/index.js; ls node_modules/left",
      { ...BOUNDS, dependencies: first.set },
    );
    expect(verified.output).toBe("left\nbin.js\nindex.js\npackage.json\n");
  });
});

test("packages run programs of theirs while they are installed only where that is wanted (Q3b)", async () => {
  await inDependencyWorld({ sets: { scripts: true } }, async ({ project, madeSet }) => {
    const set = await madeSet(project());

    expect(existsSync(join(set.dir, "tree/node_modules/left/ran.txt"))).toBe(true);
  });
});

test("a setup reaches package registries, to read, and nothing else (Q3b, S5)", async () => {
  await inDependencyWorld({}, async ({ project, setup, folder }) => {
    const door = "http://127.0.0.1:4873";
    const ask = (url: string, method = "GET") =>
      `node -e 'fetch("${url}", {method: "${method}"}).then((r) => console.log(r.status), () => console.log("no way"))'`;
    const command = [
      ask(`${door}/registry/npm/left`),
      ask(`${door}/registry/npm/left`, "PUT"),
      ask(`${door}/registry/pypi/simple/`),
      ask(`${door}/mcp`),
      ask(`${door}/v1/messages`, "POST"),
      ask("http://1.1.1.1/"),
      ask("http://169.254.169.254/"),
      "env | grep -ci -e token -e secret -e password",
      // One pipe: two are read in no order.
      `ls ${folder}/data 2>&1`,
      "ls /run/factory",
      "exit 1",
    ].join("; ");

    const result = await setup(project(), { command, tools: [] });

    if (result.kind !== "failed") throw new Error(JSON.stringify(result));
    expect(result.output.slice(command.length + 1).replace(/ls: .*data'?: /, "ls: ")).toBe(
      "200\n405\n404\n404\n404\nno way\nno way\n0\nls: No such file or directory\nbroker.sock\ngrant.json\n",
    );
  });
});

test("what cannot be set up is told with the end of its output, and not tried again for a while (Q3b)", async () => {
  await inDependencyWorld({ sets: { failedMs: 60_000 } }, async (world) => {
    const { project, setup, registry, dataDir } = world;
    const tree = project({ "package.json": '{"name":"shop","dependencies":{"right":"1.0.0"}}' });

    const failed = await setup(tree);
    const again = await setup(tree);

    expect(failed).toMatchObject({
      kind: "failed",
      output: expect.stringMatching(/^npm ci\nnpm error code E404[\s\S]*right@1.0.0/),
    });
    expect(again).toEqual(failed);
    expect(registry.asked).toEqual(["GET /right"]);
    expect(readdirSync(join(dataDir, "dependencies/sets"))).toEqual([
      expect.stringMatching(/\.json$/),
    ]);
  });
});

test("a registry in trouble says nothing about the tree: the next try may do it (Q3b)", async () => {
  await inDependencyWorld({}, async ({ project, setup, registry }) => {
    const tree = project();
    const impatient = { command: "npm ci --fetch-retries=0" };
    registry.breakWith(503);
    const away = await setup(tree, impatient);
    registry.breakWith(null);
    const back = await setup(tree, impatient);

    expect(away).toMatchObject({
      kind: "weather",
      reason: expect.stringContaining("503 for /registry/npm/left/-/left-1.0.0.tgz"),
    });
    expect(back.kind).toBe("ready");
  });
});

test("a setup has limits of time, output and size (Q3b)", async () => {
  const sets = { timeoutMs: 1_500, maxOutputBytes: 1_000, maxBytes: 1_000_000 };
  await inDependencyWorld({ sets }, async ({ project, setup }) => {
    const tree = project();

    const late = await setup(tree, { command: "echo begun; sleep 1000", tools: [] });
    const loud = await setup(tree, { command: "yes | head -c 1000000; exit 3", tools: [] });
    const large = await setup(tree, {
      command: "mkdir it; head -c 2000000 /dev/zero >it/file",
      tools: [],
    });

    expect(late).toMatchObject({ kind: "failed", output: expect.stringContaining("1500 ms") });
    expect(loud.kind === "failed" && loud.output.length).toBeLessThan(2_000);
    expect(large).toMatchObject({ kind: "failed", output: expect.stringContaining("1000000") });
  });
});

test("what a killed setup left is neither found nor kept (Q3b, R9)", async () => {
  await inDependencyWorld({}, async ({ project, madeSet, dataDir }) => {
    const root = join(dataDir, "dependencies");
    const tree = project();
    const { key } = await madeSet(tree, QUICK);
    const half = join(root, "sets", `${"0".repeat(40)}-half`);
    mkdirSync(join(half, "tree/node_modules"), { recursive: true });
    mkdirSync(join(root, "locks"), { recursive: true });
    writeFileSync(join(root, "locks", "0".repeat(40)), "999999999");

    await madeSet(tree, { ...QUICK, command: `${QUICK.command}; true` });

    expect(existsSync(half)).toBe(false);
    expect(readdirSync(join(root, "sets")).some((name) => name.startsWith(key))).toBe(true);
  });
});

test("the sets that nobody asked for longest go, those that are handed out stay (Q3b)", async () => {
  await inDependencyWorld({ sets: { keepSets: 2 } }, async (world) => {
    const { project, madeSet, dataDir, sandbox, worktree } = world;
    const tree = project();
    await sandbox.checkout(worktree, tree);
    const made = async (word: string) => await madeSet(tree, { ...QUICK, inputs: [word] });
    const age = ({ key }: { readonly key: string }, hours: number): void => {
      const at = new Date(Date.now() - hours * 3_600_000);
      utimesSync(join(dataDir, "dependencies/sets", `${key}.json`), at, at);
    };
    const lent = await made("lent");
    const old = await made("old");
    await sandbox.lend(worktree, lent);
    age(lent, 3);
    age(old, 2);

    const fresh = await made("fresh");

    expect([lent, old, fresh].map(({ dir }) => existsSync(dir))).toEqual([true, false, true]);
  });
});
