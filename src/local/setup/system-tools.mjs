import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { asRoot, isOnPath, run } from "./machine.mjs";
import { SetUpError, say } from "./say.mjs";

const TOOLS = [
  { command: "git", name: "git", why: "worktrees, merges", isEnough: isGitEnough },
  { command: "tmux", name: "tmux", why: "agents run in it" },
  { command: "redis-server", name: "redis-server", why: "queues" },
  { command: "bwrap", name: "bubblewrap", why: "locks agents in" },
];

const OLDEST_GIT = [2, 38];

// Debian starts a service as it installs it, unless this file says no.
const POLICY_FILE = "/usr/sbin/policy-rc.d";
const POLICY =
  "#!/bin/sh\n# factory-factory set-up: removed as soon as the packages are installed\nexit 101\n";

const OTHER_MANAGERS = [
  { manager: "dnf", line: "dnf install git tmux redis bubblewrap" },
  { manager: "zypper", line: "zypper install git tmux redis bubblewrap" },
  { manager: "pacman", line: "pacman -S git tmux redis bubblewrap" },
];

/** Installs the programs that npm cannot bring, from the system's packages. */
export function ensureSystemTools() {
  const missing = findMissing();
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const reasons = missing.map(({ name, why }) => `${name} (${why})`).join(", ");
  const line = `apt-get update && apt-get install -y --no-install-recommends ${names.join(" ")}`;
  if (!isOnPath("apt-get")) throw new SetUpError(`missing: ${reasons}. ${adviceWithoutApt()}`);
  const root = asRoot();
  if (!root) {
    throw new SetUpError(
      `missing: ${reasons}. Type this, then repeat:\n\n    sudo sh -c '${line}'\n`,
    );
  }
  say(`installing ${reasons} from this system's packages (apt-get) …`);
  install(root, names);
  const stillMissing = findMissing();
  if (stillMissing.length === 0) return;
  const still = stillMissing.map(({ name }) => name).join(", ");
  throw new SetUpError(
    `apt-get ended, but these are missing or too old: ${still} (git from ${OLDEST_GIT.join(".")} on). ` +
      "This needs Debian 12+ or Ubuntu 24.04+",
  );
}

function findMissing() {
  return TOOLS.filter(({ command, isEnough = () => true }) => !isOnPath(command) || !isEnough());
}

function isGitEnough() {
  const said = spawnSync("git", ["--version"], { encoding: "utf8" }).stdout ?? "";
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(said)?.slice(1).map(Number) ?? [];
  return major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1]);
}

function install(root, names) {
  // Until it is over, a signal must not skip the removal of the policy; apt-get gets it as well.
  const ignore = () => {};
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, ignore);
  const isPolicyOurs = !existsSync(POLICY_FILE) || isLeftover();
  try {
    if (isPolicyOurs) {
      run([...root, "tee", POLICY_FILE], POLICY);
      run([...root, "chmod", "755", POLICY_FILE]);
    }
    const apt = [
      ...root,
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-o",
      "DPkg::Lock::Timeout=120",
      "-o",
      "Dpkg::Use-Pty=0",
    ];
    // A stale list is no reason to stop: the install says what it cannot find.
    run([...apt, "update", "-qq"]);
    if (!run([...apt, "install", "-qq", "-y", "--no-install-recommends", ...names])) {
      throw new SetUpError("apt-get failed, for the reason above; correct it and repeat");
    }
  } finally {
    if (isPolicyOurs) run([...root, "rm", "-f", POLICY_FILE]);
    for (const signal of signals) process.off(signal, ignore);
  }
  // Ours is a private server; the packaged one must not come up at the next boot because of us.
  if (names.includes("redis-server") && existsSync("/run/systemd/system")) {
    run([...root, "systemctl", "disable", "--now", "--quiet", "redis-server"]);
  }
}

function isLeftover() {
  return readFileSync(POLICY_FILE, "utf8") === POLICY;
}

function adviceWithoutApt() {
  const known = OTHER_MANAGERS.find(({ manager }) => isOnPath(manager));
  if (known) return `Type this, then repeat:\n\n    sudo ${known.line}\n`;
  return "Install them with this system's package manager, then repeat";
}
