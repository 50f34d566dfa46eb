import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSandbox } from "../../../src/adapters/sandbox/sandbox.ts";
import { shortId } from "../../../src/lib/ids.ts";
import { cellOf, cellWorld, layOutWorktree, writeFiles } from "./cell-world.ts";

// Each test is an attempt to get out of a real cell, with a value on the host that must not show.

const CANARY = `canary-${shortId()}`;

test("a cell sees no variable, process or file of the host (S2, S5)", async () => {
  process.env["FACTORY_TEST_CANARY"] = CANARY;
  const world = cellWorld();
  writeFiles(world.folder, { "host-secret": CANARY, "trees/other/file": CANARY });
  layOutWorktree(world.worktree.mirror, join(world.folder, "trees", "other"));

  const seen = await world.shell(`
    cat /proc/*/environ /proc/*/cmdline 2>/dev/null
    cat host-secret ../host-secret ../../host-secret ../other/file
    cat ${world.folder}/host-secret ${world.folder}/trees/other/file
    ls -d /proc/[0-9]*
    env`);
  const listed = await world.shell(
    `ls ${world.folder} ${world.folder}/trees ${world.dataDir} /root /home /var /run /etc 2>/dev/null`,
  );

  expect(seen.output).not.toContain(CANARY);
  expect(listed.output).not.toMatch(/host-secret|other|shadow/);
  const processes = seen.output.match(/^\/proc\/\d+$/gm) ?? [];
  expect(processes.length).toBeGreaterThan(0);
  expect(processes.length).toBeLessThan(8);
  // What the host's own tools show of the cell: nothing of the environment went into its arguments.
  expect(world.sandbox.wrap(cellOf(world.worktree), ["true"]).join(" ")).not.toContain(CANARY);
});

test("a cell reaches no address of the host and no network (S5)", async () => {
  const tcp = await listen({ host: "127.0.0.1", port: 0 });
  const abstract = `\0factory-${shortId()}`;
  const hidden = await listen({ path: abstract });
  const address = tcp.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const world = cellWorld();

  const tried = await world.sandbox.run(
    cellOf(world.worktree),
    [
      "node",
      "-e",
      `const net = require("node:net");
       const tries = [[${port}, "127.0.0.1"], [${port}, "::1"], [53, "1.1.1.1"], [80, "169.254.169.254"],
                      [{ path: ${JSON.stringify(abstract)} }]];
       for (const to of tries) net.connect(...to).on("connect", () => console.log("REACHED", to))
         .on("error", (error) => console.log(error.code));
       require("node:dns").lookup("example.com", (error) => console.log(error ? "no name" : "RESOLVED"));`,
    ],
    { maxOutputBytes: 10_000 },
  );

  expect(tried.output).not.toMatch(/REACHED|RESOLVED/);
  expect(tried.output.match(/E[A-Z]+|no name/g)?.length).toBe(6);
  tcp.close();
  hidden.close();
});

test("a cell cannot write git's folder, its hooks or the .git file, nor move them (S6)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  const { path, gitDir, mirror } = world.worktree;
  const config = readFileSync(join(mirror, "config"), "utf8");

  const tried = await world.shell(`
    echo x >> ${mirror}/config && echo WROTE
    echo x > ${mirror}/hooks/post-checkout && echo WROTE
    echo x > ${gitDir}/HEAD && echo WROTE
    echo x > .git && echo WROTE
    rm -f .git && echo REMOVED
    mv .git elsewhere && echo MOVED
    ln -sf /tmp .git && echo LINKED
    mv ${path} ${path}-moved && echo MOVED
    git config core.hooksPath /tmp && echo CONFIGURED
    true`);

  expect(tried.output).not.toMatch(/WROTE|REMOVED|MOVED|LINKED|CONFIGURED/);
  expect(readFileSync(join(mirror, "config"), "utf8")).toBe(config);
  expect(readFileSync(join(path, ".git"), "utf8")).toBe(`gitdir: ${gitDir}\n`);
});

test("a cell cannot kill, trace or mount outside itself, nor make a further user namespace (S5)", async () => {
  const world = cellWorld();

  const tried = await world.shell(`
    grep -E '^(Cap|NoNewPrivs|Seccomp)' /proc/self/status
    kill -9 ${process.pid} && echo KILLED
    unshare --user true && echo NAMESPACE
    unshare --mount true && echo NAMESPACE
    mount -t tmpfs none /mnt && echo MOUNTED
    : >> /proc/sys/kernel/core_pattern && echo WROTE
    : >> /proc/sys/vm/drop_caches && echo WROTE
    touch /usr/x /etc/x /opt/factory/x /x /dev/x && echo WROTE
    hostname other && echo RENAMED
    true`);

  expect(tried.output).not.toMatch(/KILLED|NAMESPACE|MOUNTED|WROTE|RENAMED/);
  expect(tried.output).toMatch(/CapEff:\s+0+\n/);
  expect(tried.output).toMatch(/CapBnd:\s+0+\n/);
  expect(tried.output).toMatch(/NoNewPrivs:\s+1/);
  expect(() => process.kill(process.pid, 0)).not.toThrow();
});

test("killing everything it sees ends a cell, and nothing else (S5)", async () => {
  const world = cellWorld();

  const ended = await world.shell("kill -9 -1; echo still here; sleep 0");

  expect(ended.timedOut).toBe(false);
  expect(() => process.kill(process.ppid, 0)).not.toThrow();
});

test("a cell has no controlling terminal to type into (S5)", async () => {
  const world = cellWorld();

  const told = await world.shell(
    "cut -d' ' -f7 /proc/self/stat; perl -e 'ioctl(STDIN, 0x5412, $c = \"x\") or print \"refused\"' </dev/null",
  );

  expect(told.output).toMatch(/^0\nrefused/);
});

test("a cell's id is refused before anything runs when it could be more than a name (S3)", async () => {
  const world = cellWorld();
  for (const id of ["", "../up", "a b", "A", "a/b", "-x", "x".repeat(81)]) {
    expect(() => world.sandbox.wrap(cellOf(world.worktree, { id }), ["true"])).toThrow(
      "is no cell id",
    );
  }
});

test("the broker's folder can be used and not written (S5)", async () => {
  const world = cellWorld();
  const brokerDir = join(world.folder, "life");
  writeFiles(brokerDir, { token: "the-token" });
  const broker = await listen({ path: join(brokerDir, "broker.sock") });
  broker.on("connection", (socket) => socket.end("hello from outside"));

  const tried = await world.shell(
    `cat /run/factory/token; echo
     echo x > /run/factory/token && echo WROTE; rm /run/factory/broker.sock && echo REMOVED
     node -e 'require("node:net").connect("/run/factory/broker.sock").pipe(process.stdout)'`,
    { brokerDir },
  );

  expect(tried.output).toContain("the-token");
  expect(tried.output).toContain("hello from outside");
  expect(tried.output).not.toMatch(/WROTE|REMOVED/);
  broker.close();
});

test("folders of tool chains are shared read-only, and nothing beside them (S5)", async () => {
  const world = cellWorld();
  const tools = join(world.folder, "tools");
  writeFiles(world.folder, { "tools/compiler": "compiler", beside: CANARY });
  const sandbox = createSandbox({ dataDir: world.dataDir, readOnlyPaths: [tools] });

  const seen = await sandbox.run(
    cellOf(world.worktree),
    [
      "/bin/sh",
      "-c",
      `cat ${tools}/compiler; echo x > ${tools}/x && echo WROTE; cat ${tools}/../beside`,
    ],
    { maxOutputBytes: 10_000 },
  );

  expect(seen.output).toContain("compiler");
  expect(seen.output).not.toMatch(new RegExp(`WROTE|${CANARY}`));
});

function listen(where: object): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(where, () => resolve(server)));
}
