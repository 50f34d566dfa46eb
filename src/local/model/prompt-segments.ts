// A prompt as the provider's cache sees it: tools, system, messages, cut where a cache mark may stand.
import { createHash } from "node:crypto";
import { blocksOf, type CountRequest } from "./message-request.ts";

export type CacheTtl = "5m" | "1h";

/** One cut of the prompt. */
export type Segment = {
  /** Hash of the model's name and every byte up to and including this segment. */
  readonly prefix: string;
  /** Bytes of the prompt up to and including this segment. */
  readonly endsAt: number;
  /** The lifetime asked for where a cache mark stands on this segment, else `null`. */
  readonly mark: CacheTtl | null;
};

type Part = { readonly json: string; readonly mark: CacheTtl | null };
type Marked = {
  readonly cache_control?: { readonly ttl?: CacheTtl | undefined } | null | undefined;
};

/** Cuts a prompt into segments, each knowing the prefix that ends with it. */
export function segmentsOf(request: CountRequest): readonly Segment[] {
  const parts = partsOf(request);
  const hash = createHash("sha256").update(request.model);
  let endsAt = 0;
  return parts.map(({ json, mark }) => {
    endsAt += Buffer.byteLength(json);
    return { prefix: hash.update(json).copy().digest("base64"), endsAt, mark };
  });
}

function partsOf(request: CountRequest): readonly Part[] {
  const parts = [
    ...(request.tools ?? []).map((tool) => toPart("tool", tool)),
    ...blocksOf(request.system).map((block) => toPart("system", block)),
    ...request.messages.flatMap(({ role, content }) =>
      blocksOf(content).map((block) => toPart(role, block)),
    ),
  ];
  const last = parts.at(-1);
  if (!last || !request.cache_control) return parts;
  return [...parts.slice(0, -1), { ...last, mark: last.mark ?? markOf(request) }];
}

/** Marks are no part of the bytes: moving one on does not spoil what is cached. */
function toPart(kind: string, item: Marked & object): Part {
  const { cache_control, ...rest } = item;
  return { json: `${kind}:${JSON.stringify(rest)}`, mark: markOf({ cache_control }) };
}

function markOf({ cache_control }: Marked): CacheTtl | null {
  return cache_control ? (cache_control.ttl ?? "5m") : null;
}
