import { z } from "zod";

// What a life may ask of the provider. The body goes on as it came; it is only read here.

/** Why a request goes nowhere, in the provider's words for errors. */
export type ModelRefusal = {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Nothing that a healthy agent asks for. */
  readonly isMisuse: boolean;
};

const anything = z.unknown().optional();
/** What the provider knows of today: what it learns tomorrow may be a way out, or cost more. */
const request = z.strictObject({
  model: z.string().min(1).max(200),
  messages: z.array(z.unknown()),
  tools: z.array(z.looseObject({ type: z.string().nullish() })).nullish(),
  mcp_servers: z.array(z.unknown()).nullish(),
  max_tokens: z.number().min(1).optional(),
  stream: z.boolean().nullish(),
  // Others than these cost more than the price list knows.
  service_tier: z.enum(["auto", "standard_only"]).nullish(),
  speed: z.enum(["standard"]).nullish(),
  ...{ system: anything, tool_choice: anything, thinking: anything, metadata: anything },
  ...{ temperature: anything, top_k: anything, top_p: anything, stop_sequences: anything },
  ...{ output_config: anything, output_format: anything, context_management: anything },
  ...{ cache_control: anything, betas: anything, container: anything },
});
const mostProblems = 10;
const longestMessage = 1_000;

// Tools that the caller runs itself. Those the provider runs reach the network from there, and a
// cell has no way to the network (S5).
const ownTool = /^(?:custom|bash_|text_editor_|memory_|computer_|tool_search_tool_)/;

/** @returns why the request is refused; null when it may go on */
export function checkRequest(
  json: unknown,
  ownModel: string,
  allowedModels: readonly string[],
  mostTokens: number,
): ModelRefusal | null {
  if (json === undefined) return invalid("The body is not JSON, or nested too deep.");
  const parsed = request.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, mostProblems)
      .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
    return invalid(problems.join("; ").slice(0, longestMessage));
  }
  const { model, tools, mcp_servers, container, messages, max_tokens } = parsed.data;
  // People may have given its agent another model since the life began.
  if (model !== ownModel) return notNow(`This agent's model is ${ownModel}, not ${model}.`);
  if (!allowedModels.includes(model))
    return notNow(`Whoever operates FactoryFactory does not allow ${model} (ALLOWED_MODELS).`);
  if (max_tokens !== undefined && max_tokens > mostTokens)
    return invalid(`max_tokens: at most ${mostTokens}, not ${max_tokens}.`);
  const foreign = tools?.find((tool) => tool.type && !ownTool.test(tool.type));
  if (foreign) return forbidden(`Tools the provider runs are off: ${foreign.type}.`);
  if (mcp_servers && mcp_servers.length > 0) return forbidden("mcp_servers are off.");
  if (container !== undefined && container !== null) return forbidden("Containers are off.");
  if (namesUrl(messages)) return forbidden("Images and documents by URL are off: send their data.");
  return null;
}

function invalid(message: string): ModelRefusal {
  return { status: 400, type: "invalid_request_error", message, isMisuse: true };
}

function notNow(message: string): ModelRefusal {
  return { status: 403, type: "permission_error", message, isMisuse: false };
}

function forbidden(message: string): ModelRefusal {
  return { status: 403, type: "permission_error", message, isMisuse: true };
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
