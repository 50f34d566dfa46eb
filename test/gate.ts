import { runChecks } from "./support/gate-checks.ts";
import { runTests } from "./support/gate-tests.ts";

// What `npm test` and `npm run check` run once the machine is set up:
//   no arguments   the whole gate: format, lint, types, unused code, then every test
//   --check        only the part without servers
//   anything else  goes to vitest: `npm test -- -t L9a` runs that requirement's proof

const args = process.argv.slice(2);
const isCheck = args[0] === "--check";
const isWhole = args.length === 0;

const isClean = isWhole || isCheck ? await runChecks() : true;
const isGreen = isClean && (isCheck ? await runTests(["test/tidy.test.ts"]) : await runTests(args));
process.exitCode = isGreen ? 0 : 1;
