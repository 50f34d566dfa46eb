// The model provider's stand-in: the Messages API over real HTTP, answered by a script.
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { apiError } from "./api-error.ts";
import { controlRoutes } from "./control-routes.ts";
import { controlToken } from "./control-token.ts";
import { createFaultBoard } from "./fault-board.ts";
import { type CallRecord, type Journal, openJournal } from "./journal.ts";
import { countRequestSchema } from "./message-request.ts";
import { answerMessages } from "./messages-route.ts";
import { modelInfo, modelList } from "./model-list.ts";
import { parseScript, ScriptError, validateScript } from "./parse-script.ts";
import { inWeather, parseWeather } from "./parse-weather.ts";
import { createPromptCache, promptTokens } from "./prompt-cache.ts";
import { createRateLimits } from "./rate-limits.ts";
import { readRequest } from "./read-request.ts";
import { newRequestId } from "./reply-events.ts";
import type { Script } from "./script-schema.ts";
import { type Env, errorReply, type StandIn } from "./stand-in.ts";

export type ScriptedModelOptions = {
  /** A script as a value, in the shape of the YAML; or `scriptFile`, the path of a YAML file. */
  readonly script?: unknown;
  readonly scriptFile?: string;
  /** The path of a YAML file of limits and faults, on top of the script's. */
  readonly weatherFile?: string;
  /** The faults go on behind the calls that the journal has, instead of beginning anew. */
  readonly goesOn?: boolean;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The only key accepted; without it any key is. */
  readonly key?: string;
  /** Keeps the journal and the control token; without it both end with the process. */
  readonly dataDir?: string;
  /** Guards /_control; without it one is made, and kept in the data folder where there is one. */
  readonly controlToken?: string;
  /** The clock of cache and limits, in milliseconds since the epoch. */
  readonly now?: () => number;
};

export type ScriptedModel = {
  /** The address to use as ANTHROPIC_BASE_URL. */
  readonly url: string;
  readonly controlToken: string;
  calls(): readonly CallRecord[];
  /** Calls the script had no proper answer for. */
  failures(): readonly CallRecord[];
  /** Stops listening and breaks what is still open. */
  close(): Promise<void>;
};

const host = "127.0.0.1";
const maxBodyBytes = 32 * 1024 * 1024;

/**
 * Starts the stand-in on the loopback address.
 *
 * @throws {ScriptError} for a script that cannot be read or played, one line per mistake
 * @throws {Error} for a port that is taken, naming it
 */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const script = readScript(options);
  const { dataDir = null, goesOn = false, now = Date.now } = options;
  if (dataDir !== null) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const token = options.controlToken ?? controlToken(dataDir);
  const journal = openJournal(dataDir);
  const standIn: StandIn = {
    script,
    journal,
    faults: createFaultBoard(script.faults, goesOn ? callersIn(journal) : []),
    cache: createPromptCache(now),
    limits: createRateLimits(script.limits, now),
    now,
  };
  const server = createAdaptorServer({ fetch: routes(standIn, options.key, token).fetch });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://${host}:${port}`,
    controlToken: token,
    calls: journal.calls,
    failures: journal.failures,
    async close() {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

/** A request that could not be read had met no fault. */
function callersIn(journal: Journal): readonly CallRecord["role"][] {
  return journal
    .calls()
    .filter(({ model }) => model !== null)
    .map(({ role }) => role);
}

function readScript({ script, scriptFile, weatherFile }: ScriptedModelOptions): Script {
  const read =
    scriptFile === undefined
      ? validateScript(script)
      : parseScript(readText(scriptFile), scriptFile);
  if (weatherFile === undefined) return read;
  return inWeather(read, parseWeather(readText(weatherFile), weatherFile));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScriptError(`${file}: cannot be read: ${reason}`);
  }
}

function routes(standIn: StandIn, key: string | undefined, token: string): Hono<Env> {
  const { script } = standIn;
  const app = new Hono<Env>();
  app.route("/_control", controlRoutes(standIn, token));
  app.use("/v1/*", async (context, next) => {
    const bearer = context.req.header("authorization")?.replace(/^Bearer /i, "");
    const given = [context.req.header("x-api-key"), bearer].filter((one) => one !== undefined);
    if (given.length === 0) return errorReply(apiError(401, "x-api-key header is required"));
    if (key !== undefined && !given.includes(key))
      return errorReply(apiError(401, "invalid x-api-key"));
    return next();
  });
  const tooLarge = () => errorReply(apiError(413, "Request exceeds the maximum size"));
  app.use("/v1/*", bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }));
  app.post("/v1/messages", (context) => answerMessages(standIn, context));
  app.post("/v1/messages/count_tokens", async (context) => {
    const read = readRequest(await context.req.text(), countRequestSchema, script);
    if (!read.ok) return errorReply(read.error);
    return context.json({ input_tokens: promptTokens(read.request) }, 200, {
      "request-id": newRequestId(),
    });
  });
  app.get("/v1/models", (context) => context.json(modelList(script.models)));
  app.get("/v1/models/:id", (context) => {
    const id = context.req.param("id");
    if (script.models && !script.models.includes(id))
      return errorReply(apiError(404, `model: ${id}`));
    return context.json(modelInfo(id));
  });
  app.notFound(() => errorReply(apiError(404, "Not found")));
  app.onError((error) => {
    console.error(error);
    return errorReply(apiError(500));
  });
  return app;
}

async function listen(
  server: ReturnType<typeof createAdaptorServer>,
  port: number,
): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (taken) throw new Error(`port ${port} on ${host} is taken: choose another with --port`);
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
