import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type FreshMachine, freshMachine } from "../support/fresh-machine.ts";

const setUpScript = fileURLToPath(new URL("../../src/local/setup.mjs", import.meta.url));

const GIT = 'echo "git version 2.39.5"';
const TOOLS = ["tmux", "redis-server", "bwrap"];

function machineWith(...tools: string[]): FreshMachine {
  const machine = freshMachine();
  machine.put("git", GIT);
  for (const tool of tools) machine.put(tool);
  return machine;
}

// apt-get on such a machine: what it is asked to install is then on PATH.
function withApt(machine: FreshMachine): FreshMachine {
  const made = (name: string): string =>
    `echo '#!/bin/sh' >'${machine.bin}/${name}'; /bin/chmod 755 '${machine.bin}/${name}'`;
  machine.put("apt-get", `case "$*" in *install*) ${made("tmux")}; ${made("redis-server")};; esac`);
  for (const name of ["tee", "chmod", "rm", "systemctl"]) machine.put(name);
  machine.put("env", 'shift; exec "$@"');
  return machine;
}

test("with nothing to do it is silent, and the program runs with Node 24, its arguments and its exit code", async () => {
  const args = [
    "-e",
    "console.log(process.version, process.argv.slice(1).join()); process.exit(7)",
  ];
  const child = spawn(process.execPath, [setUpScript, "node", ...args, "--", "--json"]);
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    output.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.err += chunk;
  });

  const [code] = await once(child, "close");

  expect(output.err).toBe("");
  expect(output.out).toMatch(/^v24\.\d+\.\d+ --json\n$/);
  expect(code).toBe(7);
});

test("a fresh clone gets its packages by npm ci, once", () => {
  const machine = machineWith(...TOOLS);

  const first = machine.setUp(["--packages-only", "node", "-p", "6 * 7"]);
  const second = machine.setUp(["--packages-only", "node", "-p", "6 * 7"]);

  expect(first).toMatchObject({ code: 0, out: "42\n" });
  expect(first.err).toContain("installing the packages of package-lock.json (npm ci)");
  expect(second).toEqual({ code: 0, out: "42\n", err: "" });
  expect(machine.calls().filter((call) => call.startsWith("npm"))).toEqual([
    "npm ci --include=dev --include=optional --no-audit --no-fund --loglevel=error",
  ]);
});

test("packages that a killed npm ci left half installed are installed again (R9)", () => {
  const machine = machineWith(...TOOLS);
  machine.setUp(["--packages-only"]);
  rmSync(join(machine.checkout, "node_modules/.package-lock.json"));

  machine.setUp(["--packages-only"]);

  expect(machine.calls().filter((call) => call.startsWith("npm"))).toHaveLength(2);
});

test("a failing npm ci is one line and a failure, and nothing is run after it", () => {
  const machine = machineWith(...TOOLS);
  machine.put("npm", "echo 'npm error 404' >&2; exit 1");

  const result = machine.setUp(["--packages-only", "node", "-p", "42"]);

  expect(result).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(/npm error 404\nSet-up: npm ci failed, for the reason above.*\n$/),
  });
});

test("as root, missing tools are installed from the system's packages without their services started", () => {
  const machine = withApt(machineWith("bwrap"));

  const result = machine.setUp(["node", "-p", "42"], "root");

  expect(result).toMatchObject({ code: 0, out: "42\n" });
  expect(result.err).toContain("installing tmux (agents run in it), redis-server (queues) from");
  const calls = machine.calls().join("\n");
  expect(calls).toMatch(/apt-get .* update/);
  expect(calls).toMatch(/apt-get .* install .*--no-install-recommends tmux redis-server/);
  expect(machine.setUp([], "root").err).toBe("");
});

test("a policy that keeps services from starting is gone after the installation", () => {
  const machine = withApt(machineWith("bwrap"));
  const hasOwnPolicy = existsSync("/usr/sbin/policy-rc.d");

  machine.setUp([], "root");

  const made = machine.calls().filter((call) => call.includes("policy-rc.d"));
  const expected = ["tee", "chmod 755", "rm -f"].map((words) => `${words} /usr/sbin/policy-rc.d`);
  expect(made).toEqual(hasOwnPolicy ? [] : expected);
});

test("with sudo that asks for no password, it is used; with none, the line to type is printed", () => {
  const withSudo = withApt(machineWith("bwrap"));
  withSudo.put("sudo", 'shift; case "$1" in true) exit 0;; esac; exec "$@"');
  const without = withApt(machineWith("bwrap"));

  expect(withSudo.setUp(["node", "-p", "42"])).toMatchObject({ code: 0, out: "42\n" });
  expect(withSudo.calls().join("\n")).toMatch(/^sudo -n env .* apt-get .*install/m);
  expect(without.setUp(["node", "-p", "42"])).toEqual({
    code: 1,
    out: "",
    err: expect.stringContaining(
      "    sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends tmux redis-server'\n",
    ),
  });
});

test("a git that is too old counts as missing", () => {
  const machine = machineWith(...TOOLS);
  machine.put("git", 'echo "git version 2.34.1"');

  const result = machine.setUp([]);

  expect(result.code).toBe(1);
  expect(result.err).toContain("missing: git (worktrees, merges)");
});

test("a bubblewrap that may not make namespaces stops everything with its reason (S5)", () => {
  const machine = machineWith(...TOOLS);
  machine.put("bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1");

  const result = machine.setUp(["node", "-p", "42"]);

  expect(result).toMatchObject({ code: 1, out: "" });
  expect(result.err).toContain(
    "Set-up: bubblewrap cannot lock agents in here: bwrap: No permissions to create new namespace",
  );
});

// Ubuntu 24.04's setting, which no test may change for the whole machine.
const onUbuntu = `
  const fs = process.getBuiltinModule("node:fs");
  const read = fs.readFileSync;
  fs.readFileSync = (file, ...rest) =>
    String(file).endsWith("apparmor_restrict_unprivileged_userns") ? "1" : read(file, ...rest);
  process.getBuiltinModule("node:module").syncBuiltinESMExports();`;

test("where AppArmor keeps bubblewrap from working, root gets the profile and others its exact lines (S5)", () => {
  const machine = machineWith(...TOOLS);
  const loaded = join(machine.bin, "loaded");
  machine.put("bwrap", `[ -e '${loaded}' ] || { echo 'setting up uid map: denied' >&2; exit 1; }`);
  machine.put("apparmor_parser", `: >'${loaded}'`);
  machine.put("tee");

  const asUser = machine.setUp(["node", "-p", "42"], "user", onUbuntu);
  const asRoot = machine.setUp(["node", "-p", "42"], "root", onUbuntu);

  expect(asUser).toMatchObject({ code: 1, out: "" });
  expect(asUser.err).toContain(
    "sudo tee /etc/apparmor.d/factory-factory-bwrap <<'END'\nabi <abi/4.0>,",
  );
  expect(asUser.err).toContain("sudo apparmor_parser -r /etc/apparmor.d/factory-factory-bwrap\n");
  expect(asRoot).toMatchObject({ code: 0, out: "42\n" });
  expect(asRoot.err).toContain("allowing bubblewrap to make namespaces");
});

test("a platform without namespaces is told where it runs", () => {
  const machine = machineWith(...TOOLS);
  const pretend = "Object.defineProperty(process, 'platform', { value: 'darwin' });";

  const result = machine.setUp(["node", "-p", "42"], "user", pretend);

  expect(result.code).toBe(1);
  expect(result.err).toMatch(/^Set-up: .*darwin.*run this in a Linux virtual machine/);
});
