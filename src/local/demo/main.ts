import { readOptions, UsageError, usage } from "./options.ts";
import { runDemo } from "./run-demo.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(usage);
  else process.exitCode = await runDemo(options);
} catch (error) {
  // One line for what a person can mend; everything else keeps its stack.
  const isPlain =
    error instanceof UsageError || (error instanceof Error && error.name === "PortError");
  console.error(isPlain ? error.message : error);
  process.exitCode = 1;
}
