// Makes this machine ready, then runs the rest of the command line with Node 24 first on PATH:
//   node src/local/setup.mjs [--packages-only] PROGRAM ARGUMENTS…
// Runs before anything is installed, on any Node from 18 on: no dependency, no TypeScript.
// Says nothing when there is nothing to do; what it does say goes to stderr.
import { fileURLToPath } from "node:url";
import { ensurePackages } from "./setup/packages.mjs";
import { runProgram } from "./setup/program.mjs";
import { ensureSandbox } from "./setup/sandbox.mjs";
import { SetUpError } from "./setup/say.mjs";
import { ensureSystemTools } from "./setup/system-tools.mjs";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const isPackagesOnly = process.argv[2] === "--packages-only";
const program = process.argv.slice(isPackagesOnly ? 3 : 2);

try {
  checkPlatform();
  ensurePackages(checkout);
  if (!isPackagesOnly) {
    ensureSystemTools();
    ensureSandbox();
  }
  if (program.length > 0) await runProgram(checkout, program);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(`Set-up: ${error.message}`);
  process.exitCode = 1;
}

function checkPlatform() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 18) {
    throw new SetUpError(
      `Node ${process.versions.node} is too old to start with; any from 18 on will do`,
    );
  }
  if (process.platform === "linux" || isPackagesOnly) return;
  const instead = { win32: "in WSL 2", darwin: "in a Linux virtual machine (Lima, OrbStack, UTM)" };
  throw new SetUpError(
    `agents are locked in with Linux namespaces, which ${process.platform} does not have; ` +
      `run this ${instead[process.platform] ?? "on Linux"}: Debian 12+ or Ubuntu 24.04+`,
  );
}
