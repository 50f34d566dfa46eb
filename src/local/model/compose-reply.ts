// From a request to the reply the script has for it. Pure: no clock, no randomness, no memory.
import { createHash } from "node:crypto";
import { chooseActor } from "./choose-actor.ts";
import { type Choice, chooseTurn } from "./choose-turn.ts";
import { unmetConditions } from "./conditions.ts";
import { type Conversation, readConversation } from "./conversation.ts";
import { fingerprint } from "./fingerprint.ts";
import { inputFor, isTool } from "./foreign-tools.ts";
import type { Json } from "./json-lookup.ts";
import type { MessageRequest } from "./message-request.ts";
import type { Expectations, RoleName, Script, TurnBody } from "./script-schema.ts";
import { fill, fillString, type Scope } from "./template.ts";

export type ReplyBlock =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: Json };

export type Reply = {
  readonly id: string;
  readonly role: RoleName | null;
  readonly actor: string | null;
  /** The turn's name, else its position; `otherwise` where no turn fits. */
  readonly turn: string | null;
  readonly content: readonly ReplyBlock[];
  readonly stopReason: string;
  readonly delayMs: number;
  /** Why the script cannot go on; the reply's text says the same. `null` when it can. */
  readonly failure: string | null;
};

type Author = Pick<Reply, "id" | "role" | "actor" | "turn">;
type Body = Pick<Reply, "content" | "failure">;

/** The reply to a checked request: the same for the same conversation, ids included. */
export function composeReply(script: Script, request: MessageRequest): Reply {
  const conversation = readConversation(request);
  const casting = chooseActor(script, conversation);
  if (!casting.found) return failed(identify(request, casting.role), casting.reason);
  const { cast } = casting;
  const author = { ...identify(request, cast.role), actor: cast.actor };
  if (conversation.inputs.length > script.maxTurns)
    return failed(author, `the conversation has more than maxTurns (${script.maxTurns}) turns`);
  const choice = chooseTurn(cast, conversation.inputs);
  const { turn } = choice;
  const named = { ...author, turn: turnName(choice) };
  const { content, failure } = composeBody({ choice, conversation, request, id: author.id });
  if (failure !== null) return failed(named, failure);
  const stopReason = turn.stop ?? (turn.calls ? "tool_use" : "end_turn");
  return { ...named, content, stopReason, delayMs: turn.delayMs, failure };
}

function identify(request: MessageRequest, role: RoleName | null): Author {
  return { id: `msg_01${fingerprint(role ?? "", request)}`, role, actor: null, turn: null };
}

function turnName({ index, turn }: Choice): string {
  if (index === null) return "otherwise";
  return "name" in turn && turn.name !== undefined ? turn.name : String(index);
}

function failed(author: Author, reason: string): Reply {
  const text = `SCRIPT EXPECTATION FAILED: ${[author.role, author.actor, author.turn]
    .filter((part) => part !== null)
    .map((part) => `${part}: `)
    .join("")}${reason}`;
  const content = [{ type: "text", text } as const];
  return { ...author, content, stopReason: "end_turn", delayMs: 0, failure: reason };
}

function composeBody(given: {
  readonly choice: Choice;
  readonly conversation: Conversation;
  readonly request: MessageRequest;
  readonly id: string;
}): Body {
  const { choice, conversation, request, id } = given;
  const { turn, scope } = choice;
  const unmet = "expect" in turn ? unmetExpectations(turn.expect ?? {}, conversation, scope) : [];
  if (unmet.length > 0) return failure(unmet.join("; "));
  if (choice.missing !== null) return failure(choice.missing);
  if (turn.fail !== undefined) return textOrFailure(turn.fail, scope, failure);
  const thinks = request.thinking?.type === "enabled" || request.thinking?.type === "adaptive";
  const said = [
    ...(turn.think !== undefined && thinks ? [composeThinking(turn.think, scope)] : []),
    ...(turn.text === undefined ? [] : [textOrFailure(turn.text, scope, textBody)]),
    ...composeCalls({ turn, scope, conversation, id }),
  ];
  return {
    content: said.flatMap(({ content }) => content),
    failure: said.find((part) => part.failure !== null)?.failure ?? null,
  };
}

function unmetExpectations(
  { offers = [], system = [], ...conditions }: Expectations,
  { inputs, offeredTools, systemText }: Conversation,
  { vars }: Scope,
): readonly string[] {
  const input = inputs.at(-1) ?? { text: "", toolResults: [] };
  return [
    ...unmetConditions(conditions, input, vars).map((unmet) => `the last message: ${unmet}`),
    ...offers
      .filter((tool) => !offeredTools.some((offered) => isTool(offered, tool)))
      .map((tool) => `tool ${tool} is not offered`),
    ...system
      .filter((text) => !systemText.includes(text))
      .map((text) => `the system prompt has no "${text}"`),
  ];
}

function composeThinking(think: string, scope: Scope): Body {
  return textOrFailure(think, scope, (thinking) => {
    const signature = createHash("sha256").update(thinking).digest("base64");
    return { content: [{ type: "thinking", thinking, signature }], failure: null };
  });
}

function composeCalls(given: {
  readonly turn: TurnBody;
  readonly scope: Scope;
  readonly conversation: Conversation;
  readonly id: string;
}): readonly Body[] {
  const { turn, scope, conversation, id } = given;
  return (turn.calls ?? []).map(({ tool, input, unchecked }, at) => {
    const { offeredTools } = conversation;
    const name = offeredTools.find((offered) => isTool(offered, tool));
    if (name === undefined && !unchecked)
      return failure(`tool ${tool} is not offered, only ${offeredTools.join(", ") || "none"}`);
    const filled = fill(input, scope);
    if (!filled.ok) return failure(`calls[${at}].input: ${filled.missing}`);
    const played = inputFor(name ?? tool, tool, filled.value);
    const call = { id: toolUseId(id, at), name: name ?? tool, input: played };
    return { content: [{ type: "tool_use", ...call }], failure: null };
  });
}

function toolUseId(messageId: string, at: number): string {
  return `toolu_01${createHash("sha256").update(`${messageId}/${at}`).digest("hex").slice(0, 22)}`;
}

function textOrFailure(text: string, scope: Scope, use: (filled: string) => Body): Body {
  const filled = fillString(text, scope);
  return filled.ok ? use(filled.value) : failure(filled.missing);
}

function textBody(text: string): Body {
  return { content: [{ type: "text", text }], failure: null };
}

function failure(reason: string): Body {
  return { content: [], failure: reason };
}
