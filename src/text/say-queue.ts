import type { EpicStatus } from "../domain/epic-status.ts";
import type { Message } from "../domain/message.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, counted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

export function sayEpicQueued({ place, of, why, limit }: Of<"epicQueued">): string {
  return blocks([
    `This epic waits for its turn: place ${place} of ${of}. ${reasonOf(why, limit)}`,
    "It starts by itself; the status comment shows its place. `/ff cancel` takes it out of the line.",
  ]);
}

function reasonOf(why: Of<"epicQueued">["why"], limit: number): string {
  switch (why) {
    case "epics":
      return `${counted(limit, "epic")} may be at work at once, and so many are.`;
    case "review":
      return `${counted(limit, "epic")} may wait for review before another starts, and so many do. Reviewing one makes room.`;
    default:
      return why satisfies never;
  }
}

export function sayHostLimit({ what, whyText }: Of<"hostLimit">): string {
  return blocks([
    `No further agent starts for now: ${neutraliseInline(whyText)}. Those that run go on, the others start in order when there is room.`,
    `${advice(what)} The status comment shows who waits at which place.`,
  ]);
}

function advice(what: Of<"hostLimit">["what"]): string {
  switch (what) {
    case "memory":
      return "Whoever operates FactoryFactory sets the limit by `MEMORY_BUDGET_BYTES`.";
    case "disk":
      return "Whoever operates FactoryFactory has to free space on that machine, or lowers `MIN_DISK_FREE_BYTES`.";
    case "sessions":
      return "Whoever operates FactoryFactory sets the limit by `MAX_SESSIONS`.";
    default:
      return what satisfies never;
  }
}

/** Who waits for a place, and why; an empty string when nobody does. */
export function sayQueue(queue: EpicStatus["queue"]): string {
  if (queue.length === 0) return "";
  const items = queue.map(
    ({ who, place, of, whyText }) =>
      `- ${code(who)}: place ${place} of ${of}${whyText === "" ? "" : ` (${neutraliseInline(whyText)})`}`,
  );
  return `**In line to start**\n\n${items.join("\n")}`;
}
