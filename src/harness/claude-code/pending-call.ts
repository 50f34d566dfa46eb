// The tool server answers "pending" before a call dies of a time limit of its own. Made again under
// its id such a call only waits on; a model that made it again would make another one.

/** How often one call is waited on. */
export const MOST_PENDING_ANSWERS = 20;

const ID_KEYS = ["claudecode/toolUseId", "factory/callId"] as const;

/** The id under which the server runs this call; null for every other request. */
export function callIdOf(body: Buffer): string | null {
  const json = parse(body);
  const params = field(json, "method") === "tools/call" ? field(json, "params") : null;
  const meta = field(params, "_meta");
  const id = ID_KEYS.map((key) => field(meta, key)).find((value) => typeof value === "string");
  return typeof id === "string" ? id : null;
}

/** Whether the server's answer says that the call still runs. */
export function isPending(answer: Buffer, callId: string): boolean {
  const content = field(field(parse(answer), "result"), "content");
  const text = Array.isArray(content) ? field(content[0], "text") : null;
  return (
    typeof text === "string" &&
    text.startsWith('{"pending":') &&
    text.includes(JSON.stringify(callId))
  );
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return null;
  return new Map(Object.entries(value)).get(name) ?? null;
}
