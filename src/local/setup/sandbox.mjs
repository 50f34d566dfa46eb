import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { asRoot, run } from "./machine.mjs";
import { SetUpError, say } from "./say.mjs";

const PROBE = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"];

const PROFILE_FILE = "/etc/apparmor.d/factory-factory-bwrap";
const PROFILE = `abi <abi/4.0>,
include <tunables/global>
profile factory-factory-bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
}
`;

/** Makes sure that bubblewrap can lock an agent in, and says what keeps it from it. */
export function ensureSandbox() {
  const refusal = probe();
  if (refusal === null) return;
  // Asked for by name: the product then says at every turn what that means.
  if (process.env.UNSAFE_NO_SANDBOX === "run-agents-without-a-cell") return;
  if (readSetting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === "1") {
    allowByAppArmor();
    const still = probe();
    if (still === null) return;
    throw new SetUpError(`bubblewrap does not work in spite of its AppArmor profile: ${still}`);
  }
  throw new SetUpError(`bubblewrap cannot lock agents in here: ${refusal}\n${explain()}`);
}

function probe() {
  const { status, stderr, error } = spawnSync("bwrap", PROBE, {
    encoding: "utf8",
    timeout: 10_000,
  });
  if (status === 0) return null;
  return (error?.message ?? stderr ?? "").trim() || `exit code ${status}`;
}

function allowByAppArmor() {
  const root = asRoot();
  if (!root) {
    throw new SetUpError(
      "AppArmor keeps bubblewrap from making namespaces. Type this, then repeat:\n\n" +
        `sudo tee ${PROFILE_FILE} <<'END'\n${PROFILE}END\nsudo apparmor_parser -r ${PROFILE_FILE}\n`,
    );
  }
  say(`allowing bubblewrap to make namespaces, by the AppArmor profile ${PROFILE_FILE} …`);
  const isDone =
    run([...root, "tee", PROFILE_FILE], PROFILE) &&
    run([...root, "apparmor_parser", "-r", PROFILE_FILE]);
  if (!isDone) throw new SetUpError("the AppArmor profile was refused, for the reason above");
}

function explain() {
  if (readSetting("/proc/sys/kernel/unprivileged_userns_clone") === "0") {
    return "Type this, then repeat:\n\n    sudo sysctl -w kernel.unprivileged_userns_clone=1\n";
  }
  if (readSetting("/proc/sys/user/max_user_namespaces") === "0") {
    return "Type this, then repeat:\n\n    sudo sysctl -w user.max_user_namespaces=15000\n";
  }
  if (existsSync("/.dockerenv") || existsSync("/run/.containerenv")) {
    return (
      "This container forbids namespaces; start it with\n\n" +
      "    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined\n"
    );
  }
  return "The kernel or the container around us forbids user namespaces; allow them and repeat";
}

function readSetting(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}
