import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createBoundedOutput } from "../../lib/bounded-output.ts";
import { EXIT, RunnerEnd } from "../runner-end.ts";

/** One line of what Claude Code says, parsed. */
export type ClaudeLine = { readonly type: string } & Readonly<Record<string, unknown>>;

export type Claude = {
  /** The next line. @throws {RunnerEnd} when it has ended by itself; else what `fail` was given */
  readonly next: () => Promise<ClaudeLine>;
  /** Makes `next` throw: nothing it may still say matters. */
  readonly fail: (error: unknown) => void;
  readonly send: (message: object) => void;
};

const KEPT_STDERR_BYTES = 2_000;

/** Starts Claude Code; it ends with this process, as the whole cell does. */
export function startClaude(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Claude {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { ...options, stdio: "pipe" });
  const lines: ClaudeLine[] = [];
  let wake = (): void => {};
  let ended: { readonly error: unknown } | null = null;
  const end = (error: unknown): void => {
    ended ??= { error };
    wake();
  };
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = readLine(text);
    if (line !== null) lines.push(line);
    wake();
  });
  endOf(child).then(end);
  // It is told of a broken pipe by the child's end.
  child.stdin.on("error", () => {});
  return {
    fail: (error) => {
      lines.length = 0;
      end(error);
    },
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    next: async () => {
      for (;;) {
        const line = lines.shift();
        if (line !== undefined) return line;
        if (ended !== null) throw ended.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<RunnerEnd> {
  const stderr = createBoundedOutput(KEPT_STDERR_BYTES);
  child.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      resolve(new RunnerEnd(EXIT.harness, `Claude Code could not be run: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const said = stderr.text().trim();
      resolve(new RunnerEnd(EXIT.bug, `Claude Code ended by itself (${how}): ${said}`));
    });
  });
}

/** Whatever is no JSON object with a type is not for us. */
function readLine(text: string): ClaudeLine | null {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : null;
  } catch {
    return null;
  }
}

function isLine(value: unknown): value is ClaudeLine {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}
