import type { Tool } from "@anthropic-ai/sdk/resources/messages";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { jsonSchemaValidator as SchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import { config } from "zod";
import type { Door } from "./door.ts";
import type { ToolResult } from "./factory-api.ts";
import { type Failure, judgeStatus } from "./weather.ts";

// The product's own tools. The server keeps the answer to every call under its id, so a call that
// is made again, by this life or the next, acts once.

export type McpTools = {
  readonly tools: readonly Tool[];
  readonly call: (callId: string, tool: string, input: unknown) => Promise<ToolResult>;
};

const CALL_TIMEOUT_MS = 60_000;

// The server answers "pending" before a call dies of its own time limit; the model need not know.
const MOST_PENDING_ANSWERS = 20;

// A life starts and asks a few questions: what speeds up thousands of checks would only cost it time.
config({ jitless: true });

// The product's tools promise no schema of what they answer, so nothing is to be compiled for it.
const jsonSchemaValidator: SchemaValidator = {
  getValidator: () => (input) => ({
    // The cast: what is not checked has the type it is asked for.
    ...{ valid: true, data: input as never },
    errorMessage: undefined,
  }),
};

/** What the product's server, which has no stream of its own, answers whoever asks for one. */
function noStream(): Response {
  return new Response(null, { status: 405 });
}

/** Connects and lists the tools of this life's role. */
export async function connectMcpTools({ baseUrl, fetch, token }: Door): Promise<McpTools> {
  const client = new Client({ name: "factory-runner", version: "1" }, { jsonSchemaValidator });
  const transport = new StreamableHTTPClientTransport(new URL(`${baseUrl}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: (url, init) => (init?.method === "GET" ? Promise.resolve(noStream()) : fetch(url, init)),
  });
  // The cast: the SDK's own class lacks `| undefined` on optional fields, which strict settings want.
  await client.connect(transport as Parameters<Client["connect"]>[0], { timeout: CALL_TIMEOUT_MS });
  const listed = await client.listTools(undefined, { timeout: CALL_TIMEOUT_MS });
  return {
    tools: listed.tools.map(({ name, description, inputSchema }) => ({
      name,
      description: description ?? "",
      // The cast: the same JSON Schema, declared a little differently by the two packages.
      input_schema: inputSchema as Tool.InputSchema,
    })),
    call: async (callId, tool, input) => {
      const request = { name: tool, arguments: asArguments(input), _meta: metaOf(callId) };
      for (let answers = 1; ; answers += 1) {
        const result = await callOnce(client, request);
        if (answers >= MOST_PENDING_ANSWERS || !isPending(result, callId)) return result;
      }
    },
  };
}

async function callOnce(
  client: Client,
  request: Parameters<Client["callTool"]>[0],
): Promise<ToolResult> {
  try {
    const answer = await client.callTool(request, undefined, { timeout: CALL_TIMEOUT_MS });
    return { content: textOf(answer.content), isError: answer.isError === true };
  } catch (error) {
    if (error instanceof McpError && !isPassing(error)) {
      return { content: error.message, isError: true };
    }
    throw error;
  }
}

/** Made again under its id, such a call only waits on: it is not run a second time. */
function isPending({ content, isError }: ToolResult, callId: string): boolean {
  return !isError && content.startsWith('{"pending":') && content.includes(JSON.stringify(callId));
}

/** What an error of the tool server's connection means. */
export function judgeMcpError(error: unknown): Failure {
  if (error instanceof StreamableHTTPError && error.code !== undefined && error.code >= 400) {
    return judgeStatus(error.code, error.message, null);
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return { kind: "weather", detail: String(cause), retryAfterMs: null };
}

function metaOf(callId: string): Record<string, unknown> {
  return { "factory/callId": callId };
}

function isPassing(error: McpError): boolean {
  return error.code === ErrorCode.RequestTimeout || error.code === ErrorCode.ConnectionClosed;
}

function asArguments(input: unknown): Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input)
    ? Object.fromEntries(Object.entries(input))
    : {};
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return JSON.stringify(content ?? "");
  return content.map(textOfBlock).join("\n");
}

function textOfBlock(block: unknown): string {
  const isText = typeof block === "object" && block !== null && "text" in block;
  return isText && typeof block.text === "string" ? block.text : JSON.stringify(block);
}
