// How a reply goes over the wire, faults included, before anything is sent. Pure.
import { apiError, errorBody } from "./api-error.ts";
import type { Fault } from "./fault-schema.ts";
import { type StreamEvent, toWire } from "./reply-events.ts";

export type StreamPlan = {
  readonly chunks: readonly string[];
  /** Waited before each chunk. */
  readonly chunkMs: number;
  /** `cut`: the connection breaks after the last chunk. */
  readonly ending: "end" | "cut";
};

/** The chunks to send, after what the fault does to them. */
export function planStream(
  events: readonly StreamEvent[],
  fault: Fault | null,
  requestId: string,
): StreamPlan {
  const chunks = events.map(toWire);
  const plain: StreamPlan = { chunks, chunkMs: 0, ending: "end" };
  switch (fault?.kind) {
    case undefined:
    case "status":
    case "hang":
      return plain;
    case "slow":
      return { ...plain, chunkMs: fault.chunkMs };
    case "cut":
      return { ...plain, chunks: chunks.slice(0, fault.afterEvents), ending: "cut" };
    case "stream-error": {
      const error = { ...errorBody(apiError(529), requestId), type: "error" };
      return { ...plain, chunks: [...chunks.slice(0, fault.afterEvents), toWire(error)] };
    }
    case "invalid-json":
      return { ...plain, chunks: fault.where === "event" ? garbled(chunks) : cutInput(events) };
    default:
      return fault satisfies never;
  }
}

/** Halves the data of the first block's start: an event that is no JSON. */
function garbled(chunks: readonly string[]): readonly string[] {
  return chunks.map((chunk, at) =>
    at === 2 ? `${chunk.slice(0, Math.floor(chunk.length / 2))}\n\n` : chunk,
  );
}

/** Leaves out the end of every tool input: well-formed events, input that is no JSON. */
function cutInput(events: readonly StreamEvent[]): readonly string[] {
  const isInput = (event: StreamEvent | undefined): boolean =>
    JSON.stringify(event?.delta ?? {}).startsWith('{"type":"input_json_delta"');
  return events
    .filter((event, at) => !(isInput(event) && !isInput(events[at + 1])))
    .map((event) => toWire(event));
}
