import type { IncomingMessage, ServerResponse } from "node:http";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type ListToolsResult,
} from "@modelcontextprotocol/sdk/types.js";
import type { LifeIdentity } from "../domain/agent.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Role } from "../domain/states.ts";
import type { ToolReply } from "../ports/epics.ts";
import { errorReply } from "./decide-call.ts";
import type { Tool } from "./define-tool.ts";
import { runTool, type ToolPorts } from "./run-tool.ts";

// The MCP server: streamable HTTP without sessions, so that any web process answers any request.
// Who calls is known before the request gets here.

export type McpServerOptions = ToolPorts & {
  readonly version: string;
  /** A call's id where the client names none. */
  readonly newCallId: () => string;
  /** Told of what was thrown; answers the id under which the log has it, and whether to try again. */
  readonly onError: (
    error: unknown,
    call: { readonly life: LifeIdentity; readonly tool: string },
  ) => Promise<{ readonly id: string; readonly retryable: boolean }>;
};

/** Answers one MCP request of one life. */
export type McpServer = (
  exchange: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly body: unknown },
  life: LifeIdentity,
) => Promise<void>;

const callIdKeys = ["factory/callId", "claudecode/toolUseId"] as const;
const callIdShape = /^[\w.:-]{1,200}$/;

/**
 * Makes the MCP server of the product.
 *
 * @param options the tools, what they are decided on, and what is told of refusals and errors
 * @returns a function for one authenticated POST with its parsed JSON body
 */
export function createMcpServer(options: McpServerOptions): McpServer {
  return async ({ req, res, body }, life) => {
    const server = serverFor(life, options);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    res.once("close", () => void server.close());
    // The SDK's types disagree about `undefined` in optional members under exactOptionalPropertyTypes.
    await server.connect(transport as Transport);
    await transport.handleRequest(req, res, body);
  };
}

function serverFor(life: LifeIdentity, options: McpServerOptions): Server {
  const server = new Server(
    { name: "factory", version: options.version },
    { capabilities: { tools: {} } },
  );
  const offered = options.tools.filter(({ name }) => !options.deniedTools.includes(name));
  server.setRequestHandler(ListToolsRequestSchema, () => listFor(life.role, offered));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const callId = callIdOf(params._meta, options.newCallId);
    const call = { life, tool: params.name, input: params.arguments ?? {} };
    if (callId === null) {
      await options.onRefused({ ...call, callId: "" }, wrongCallId);
      return resultOf(errorReply(wrongCallId));
    }
    const request = { ...call, callId };
    try {
      return resultOf(await runTool(request, options));
    } catch (error) {
      return resultOf(thrownReply(await options.onError(error, request)));
    }
  });
  return server;
}

/** A role sees its own tools, always the same bytes: they are part of the prompt cache's key (A9). */
export function listFor(role: Role, tools: readonly Tool[]): ListToolsResult {
  return {
    tools: tools
      .filter((tool) => tool.needs.includes(role))
      .map(({ name, summary, inputSchema }) => ({
        name,
        description: summary,
        inputSchema: { ...withoutStrictness(inputSchema), type: "object" as const },
      })),
  };
}

/** That there are no other arguments a refusal says well enough: here every call would pay for it. */
function withoutStrictness(schema: Tool["inputSchema"]): Tool["inputSchema"] {
  const { additionalProperties: _unsaid, ...rest } = schema;
  return rest;
}

function callIdOf(
  meta: Readonly<Record<string, unknown>> | undefined,
  newCallId: () => string,
): string | null {
  const given = callIdKeys.map((key) => meta?.[key]).find((value) => value !== undefined);
  if (given === undefined) return newCallId();
  return typeof given === "string" && callIdShape.test(given) ? given : null;
}

const wrongCallId: Refusal = {
  refused: "wrong-call-id",
  detail: "A call's id is 1 to 200 letters, digits, dots, colons, hyphens and underscores.",
};

/** A tool never throws at an agent (A4). */
function thrownReply({ id, retryable }: { readonly id: string; readonly retryable: boolean }) {
  return errorReply(
    retryable
      ? {
          refused: "unavailable",
          detail: `The product cannot store anything right now (${id}). Nothing was done: call again in a moment.`,
        }
      : {
          refused: "internal",
          detail: `Something broke in the product (${id}). Go on without this call, or ask for help.`,
        },
  );
}

function resultOf({ isError, content }: ToolReply): CallToolResult {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { isError, content: [{ type: "text", text }] };
}
