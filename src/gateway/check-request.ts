import { z } from "zod";

// What a life may ask of the provider. The body goes on as it came; it is only read here.

/** Why a request goes nowhere, in the provider's words for errors. */
export type ModelRefusal = {
  readonly status: number;
  readonly type: string;
  readonly message: string;
};

const request = z.looseObject({
  model: z.string().min(1).max(200),
  tools: z.array(z.looseObject({ type: z.string().nullish() })).nullish(),
  mcp_servers: z.array(z.unknown()).nullish(),
  container: z.unknown().optional(),
  messages: z.array(z.unknown()),
});

// Tools that the caller runs itself. Those the provider runs reach the network from there, and a
// cell has no way to the network (S5).
const ownTool = /^(?:custom|bash_|text_editor_|memory_|computer_|tool_search_tool_)/;

/** @returns the model asked for, or why the request is refused */
export function checkRequest(
  json: unknown,
  allowedModels: readonly string[],
): { readonly model: string } | ModelRefusal {
  const parsed = request.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join(".")}: ${issue.message}`,
    );
    return { status: 400, type: "invalid_request_error", message: problems.join("; ") };
  }
  const { model, tools, mcp_servers, container, messages } = parsed.data;
  if (!allowedModels.includes(model))
    return forbidden(`This agent may use ${allowedModels.join(", ")}, not ${model}.`);
  const foreign = tools?.find((tool) => tool.type && !ownTool.test(tool.type));
  if (foreign) return forbidden(`Tools the provider runs are off: ${foreign.type}.`);
  if (mcp_servers && mcp_servers.length > 0) return forbidden("mcp_servers are off.");
  if (container !== undefined && container !== null) return forbidden("Containers are off.");
  if (namesUrl(messages)) return forbidden("Images and documents by URL are off: send their data.");
  return { model };
}

function forbidden(message: string): ModelRefusal {
  return { status: 403, type: "permission_error", message };
}

/** An image or document by URL is fetched by the provider: a way out with whatever the URL says. */
function namesUrl(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesUrl);
  if (typeof value !== "object" || value === null) return false;
  const isInput = "type" in value && value.type === "tool_use";
  if (isInput) return false;
  if ("source" in value && isUrlSource(value.source)) return true;
  return Object.values(value).some(namesUrl);
}

function isUrlSource(source: unknown): boolean {
  return typeof source === "object" && source !== null && "type" in source && source.type === "url";
}
