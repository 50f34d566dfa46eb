import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createFactoryApi, judgeApiError } from "./factory-api.ts";
import { startForwarder } from "./forwarder.ts";
import { createPane, type Pane } from "./pane.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import { DEFAULT_PATIENCE, type Patience, throughWeather } from "./weather.ts";

// The built-in runner: one life of one agent, in a cell, in a pane. It holds no state of its own;
// killed at any point, the next life goes on from what is stored.

const pane = createPane((text) => process.stdout.write(text));

process.exitCode = await main(process.argv.slice(2), pane);
// Connections that are kept alive would keep the process, too.
process.exit();

async function main(args: readonly string[], shown: Pane): Promise<number> {
  try {
    return await live(readOptions(args), shown);
  } catch (error) {
    if (error instanceof RunnerEnd) {
      if (error.exitCode === EXIT.asked) shown.note(error.message);
      else shown.warning(`exit ${error.exitCode}: ${error.message}`);
      return error.exitCode;
    }
    shown.warning(`bug: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    return EXIT.bug;
  }
}

type Options = {
  readonly worktree: string | null;
  readonly brokerDir: string;
  readonly patience: Patience;
};

async function live({ worktree, brokerDir, patience }: Options, shown: Pane): Promise<never> {
  // Loaded while the first answer is on its way: most of a start is reading these packages.
  const parts = Promise.all([
    import("./model.ts"),
    import("./mcp-tools.ts"),
    import("./toolbox.ts"),
    import("./conversation.ts"),
  ]);
  const token = readToken(`${brokerDir}/token`);
  const { url } = await startForwarder(`${brokerDir}/broker.sock`);
  const api = createFactoryApi(url, token);
  const around = { pane: shown, patience };
  const start = await throughWeather("starting", api.start, judgeApiError, around);
  shown.heading(`${start.agent}.${start.life} · ${start.role} · ${start.model}`);

  const [{ createModel }, { connectMcpTools, judgeMcpError }, { createToolbox }, rest] =
    await parts;
  const connect = () => connectMcpTools(url, token);
  const mcp = await throughWeather("listing tools", connect, judgeMcpError, around);
  const local = worktree === null ? null : { worktree, ...start.limits };
  const toolbox = createToolbox({ ...around, mcp, api, local });
  const names = toolbox.tools.map((tool) => tool.name).join(", ");
  shown.note(`${start.messages.length} turns stored; tools: ${names}`);
  const model = createModel(url, token);
  return await rest.liveConversation(start, { ...around, api, model, toolbox });
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      worktree: { type: "string" },
      "broker-dir": { type: "string", default: "/run/factory" },
      attempts: { type: "string", default: String(DEFAULT_PATIENCE.attempts) },
    },
  });
  const attempts = Number(values.attempts);
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RunnerEnd(EXIT.refused, `--attempts must be a number from 1, not ${values.attempts}`);
  }
  return {
    worktree: values.worktree ?? null,
    brokerDir: values["broker-dir"],
    patience: { ...DEFAULT_PATIENCE, attempts },
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new RunnerEnd(EXIT.refused, `the life's token ${file} cannot be read`, cause);
  }
}
