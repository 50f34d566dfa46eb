// What the provider refuses in a request of the right shape: above all calls without results.
import { toolUses } from "./conversation.ts";
import { type Block, blocksOf, type CountRequest } from "./message-request.ts";
import { segmentsOf } from "./prompt-segments.ts";

type Side = { readonly at: number; readonly role: string; readonly blocks: readonly Block[] };

const maxMarks = 4;

/** The first rule a request breaks, in the provider's words; `null` when it breaks none. */
export function brokenRule(request: CountRequest): string | null {
  const sides = sidesOf(request);
  return (
    brokenOrder(sides) ??
    emptyText(request) ??
    unansweredCall(sides) ??
    unaskedResult(sides) ??
    doubledNames(request) ??
    brokenMarks(request)
  );
}

/** Neighbouring messages of one role are one side; those of role "system" stand outside. */
function sidesOf({ messages }: CountRequest): readonly Side[] {
  const sides: { at: number; role: string; blocks: Block[] }[] = [];
  for (const [at, { role, content }] of messages.entries()) {
    if (role === "system") continue;
    if (sides.at(-1)?.role !== role) sides.push({ at, role, blocks: [] });
    sides.at(-1)?.blocks.push(...blocksOf(content));
  }
  return sides;
}

function brokenOrder(sides: readonly Side[]): string | null {
  if (sides[0]?.role !== "user") return 'messages: first message must use the "user" role';
  if (sides.at(-1)?.role === "user") return null;
  return "This model does not support assistant message prefill. The conversation must end with a user message.";
}

function emptyText({ messages }: CountRequest): string | null {
  for (const [at, { role, content }] of messages.entries()) {
    // Claude Code sends one without content where a conversation goes on from its file.
    if (content.length === 0 && role !== "system")
      return `messages.${at}: all messages must have non-empty content`;
    const isEmpty = ({ type, text }: Block): boolean => type === "text" && text === "";
    if (blocksOf(content).some(isEmpty))
      return `messages.${at}: text content blocks must be non-empty`;
  }
  return null;
}

function unansweredCall(sides: readonly Side[]): string | null {
  const seen = new Set<string>();
  for (const [index, side] of sides.entries()) {
    if (side.role !== "assistant") continue;
    const answered = leadingResults(sides[index + 1]);
    const ids = toolUses(side.blocks).map(({ id }) => id);
    const open = ids.filter((id) => !answered.has(id));
    if (open.length > 0)
      return `messages.${side.at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    if (ids.some((id) => seen.has(id)) || new Set(ids).size < ids.length)
      return `messages.${side.at}: \`tool_use\` ids must be unique`;
    for (const id of ids) seen.add(id);
  }
  return null;
}

/** Results count only before the first block of another kind. */
function leadingResults(side: Side | undefined): ReadonlySet<unknown> {
  const blocks = side?.blocks ?? [];
  const end = blocks.findIndex(({ type }) => type !== "tool_result");
  const leading = end === -1 ? blocks : blocks.slice(0, end);
  return new Set(leading.map(({ tool_use_id }) => tool_use_id));
}

function unaskedResult(sides: readonly Side[]): string | null {
  for (const [index, side] of sides.entries()) {
    if (side.role !== "user") continue;
    const asked = toolUses(sides[index - 1]?.blocks ?? []).map(({ id }) => id);
    const results = side.blocks
      .filter(({ type }) => type === "tool_result")
      .map(({ tool_use_id }) => String(tool_use_id));
    const stray = results.find((id) => !asked.includes(id));
    if (stray !== undefined)
      return `messages.${side.at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    const doubled = results.find((id, at) => results.indexOf(id) !== at);
    if (doubled !== undefined)
      return `messages.${side.at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${doubled}`;
  }
  return null;
}

function doubledNames({ tools = [] }: CountRequest): string | null {
  const names = tools.flatMap(({ name }) => name ?? []);
  return new Set(names).size < names.length ? "tools: Tool names must be unique." : null;
}

function brokenMarks(request: CountRequest): string | null {
  const marks = segmentsOf(request).flatMap(({ mark }) => mark ?? []);
  if (marks.length > maxMarks)
    return `A maximum of ${maxMarks} blocks with cache_control may be provided. Found ${marks.length}.`;
  const firstShort = marks.indexOf("5m");
  if (firstShort !== -1 && marks.lastIndexOf("1h") > firstShort)
    return "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block";
  return null;
}
