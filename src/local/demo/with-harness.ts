import { installClaudeCode } from "../claude-code/install-claude-code.ts";
import { productFolder } from "../embedded/product-folder.ts";
import type { DemoOptions } from "./options.ts";

/**
 * The options with the variables that make every agent live in the harness asked for; Claude Code is
 * installed where it is not named by `CLAUDE_CODE_PATH`.
 *
 * @throws {NotInstallable} when it cannot be had
 */
export async function withHarness(
  options: DemoOptions,
  say: (line: string) => void,
): Promise<DemoOptions> {
  if (options.harness === "runner") return options;
  const named = process.env.CLAUDE_CODE_PATH;
  const program = named || (await installClaudeCode(productFolder(process.env), say));
  const environment = {
    ...options.environment,
    WORKER_HARNESS: options.harness,
    SUPERVISOR_HARNESS: options.harness,
    CLAUDE_CODE_PATH: program,
  };
  return { ...options, environment };
}
