// A request's messages, read as a conversation: what was said to the model before each of its turns.
import { type Json, jsonIn } from "./json-lookup.ts";
import { type Block, blocksOf, type CountRequest, textOf } from "./message-request.ts";

export type ToolResult = {
  readonly tool: string;
  readonly text: string;
  readonly isError: boolean;
  /** The JSON in the text, `undefined` without any; read once, as many conditions ask for it. */
  readonly json: () => Json | undefined;
};

/** Everything said to the model between two of its turns. */
export type Input = {
  /** All text in order, that of tool results included. */
  readonly text: string;
  readonly toolResults: readonly ToolResult[];
};

export type Conversation = {
  /** The system prompt, followed by messages of role "system". */
  readonly systemText: string;
  /** One per turn of the model, the one now asked for last; never empty. */
  readonly inputs: readonly Input[];
  /** Names of the tools the model may call now. */
  readonly offeredTools: readonly string[];
};

/**
 * Reads a checked request. Neighbouring messages of one side are one input, as the provider has it;
 * messages of role "system" are prompt, not conversation.
 */
export function readConversation(request: CountRequest): Conversation {
  const toolNames = new Map<string, string>();
  const inputs: Block[][] = [[]];
  const prompts = [textOf(request.system)];
  let spoken = false;
  for (const message of request.messages) {
    if (message.role === "system") prompts.push(textOf(message.content));
    else if (message.role === "user") {
      if (spoken) inputs.push([]);
      spoken = false;
      inputs.at(-1)?.push(...blocksOf(message.content));
    } else {
      spoken = true;
      for (const call of toolUses(blocksOf(message.content))) toolNames.set(call.id, call.name);
    }
  }
  return {
    systemText: prompts.filter((prompt) => prompt !== "").join("\n"),
    inputs: inputs.map((blocks) => readInput(blocks, toolNames)),
    offeredTools: (request.tools ?? []).flatMap(({ name }) => name ?? []),
  };
}

/** The calls among an assistant's blocks. */
export function toolUses(blocks: readonly Block[]): readonly { id: string; name: string }[] {
  return blocks.flatMap(({ type, id, name }) =>
    type === "tool_use" && typeof id === "string" && typeof name === "string" ? [{ id, name }] : [],
  );
}

function readInput(blocks: readonly Block[], toolNames: ReadonlyMap<string, string>): Input {
  return {
    text: textOf(blocks),
    toolResults: blocks.flatMap((block) =>
      block.type === "tool_result" ? [readResult(block, toolNames)] : [],
    ),
  };
}

function readResult(block: Block, toolNames: ReadonlyMap<string, string>): ToolResult {
  const text = textOf(block.content);
  let found: { readonly json: Json | undefined } | null = null;
  return {
    tool: toolNames.get(String(block.tool_use_id)) ?? "",
    text,
    isError: block.is_error === true,
    json: () => {
      found ??= { json: jsonIn(text) };
      return found.json;
    },
  };
}
