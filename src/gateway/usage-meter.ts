import { noUsage, type Usage, usageIn } from "./usage.ts";

/** Reads a reply's usage as its bytes pass by. */
export type UsageMeter = {
  readonly take: (chunk: Uint8Array) => void;
  /** What has been said so far; a reply that was cut off says less than it cost. */
  readonly usage: () => Usage;
};

/** Events that carry usage are short; longer lines are text and are passed over. */
const longestEventLine = 64 * 1024;
const longestJson = 32 * 1024 * 1024;

/** @param contentType of the reply; anything but a stream of events or JSON has no usage */
export function createUsageMeter(contentType: string): UsageMeter {
  if (contentType.startsWith("text/event-stream")) return streamMeter();
  if (contentType.startsWith("application/json")) return jsonMeter();
  return { take: () => {}, usage: () => noUsage };
}

function streamMeter(): UsageMeter {
  const decoder = new TextDecoder();
  let usage = noUsage;
  let line = "";
  let isTooLong = false;
  const endLine = (): void => {
    if (!isTooLong && line.startsWith("data:") && line.includes('"usage"'))
      usage = usageIn(line.slice("data:".length), usage);
    line = "";
    isTooLong = false;
  };
  return {
    usage: () => usage,
    take: (chunk) => {
      const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
      const extend = (part: string): void => {
        isTooLong ||= line.length + part.length > longestEventLine;
        line = isTooLong ? "" : line + part;
      };
      extend(first);
      for (const part of rest) {
        endLine();
        extend(part);
      }
    },
  };
}

function jsonMeter(): UsageMeter {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return {
    take: (chunk) => {
      length += chunk.length;
      if (length <= longestJson) chunks.push(chunk);
    },
    usage: () =>
      length > longestJson ? noUsage : usageIn(Buffer.concat(chunks).toString("utf8"), noUsage),
  };
}
