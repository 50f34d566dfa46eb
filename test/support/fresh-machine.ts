import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

const PACKAGES = { "": { name: "shop" }, "node_modules/left": { version: "1.0.0" } };

// Stands for any program: it writes down how it was called, and then does what the test says.
const program = (log: string, name: string, does: string): string =>
  `#!/bin/sh\necho "${name} $*" >>'${log}'\n${does}\n`;

export type FreshMachine = {
  readonly checkout: string;
  /** A folder that is the whole PATH. */
  readonly bin: string;
  /** Puts a program there. `does` is shell; nothing but the shell's own words is on PATH. */
  readonly put: (name: string, does?: string) => void;
  /** Every call of those programs so far, one line each. */
  readonly calls: () => readonly string[];
  /** Runs set-up there; `as` is the user it takes itself for. */
  readonly setUp: (args: readonly string[], as?: "root" | "user", preload?: string) => SetUpResult;
};

export type SetUpResult = {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
};

/** A copy of the set-up script in a checkout and on a machine where nothing is installed. */
export function freshMachine(): FreshMachine {
  const folder = temporaryFolder();
  const checkout = join(folder, "checkout");
  const bin = join(folder, "bin");
  const log = join(folder, "calls");
  mkdirSync(bin);
  cpSync(join(REPOSITORY, "src/local/setup"), join(checkout, "src/local/setup"), {
    recursive: true,
  });
  cpSync(join(REPOSITORY, "src/local/setup.mjs"), join(checkout, "src/local/setup.mjs"));
  writeFileSync(join(checkout, "package-lock.json"), JSON.stringify({ packages: PACKAGES }));
  symlinkSync(process.execPath, join(bin, "node"));

  const put = (name: string, does = "exit 0"): void => {
    writeFileSync(join(bin, name), program(log, name, does));
    chmodSync(join(bin, name), 0o755);
  };
  const installed = JSON.stringify({ packages: PACKAGES });
  // Set-up calls npm in the checkout, where real npm would leave these two.
  put(
    "npm",
    `/bin/mkdir -p node_modules/.bin\necho '${installed}' >node_modules/.package-lock.json`,
  );
  return {
    checkout,
    bin,
    put,
    calls: () => (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []),
    setUp: (args, as = "user", preload = "") => {
      const pretend = `process.getuid = () => ${as === "root" ? 0 : 1000};${preload}`;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [
          "--import",
          `data:text/javascript,${encodeURIComponent(pretend)}`,
          "src/local/setup.mjs",
          ...args,
        ],
        { cwd: checkout, env: { PATH: bin }, encoding: "utf8", timeout: 20_000 },
      );
      return { code: status, out: stdout, err: stderr };
    },
  };
}
