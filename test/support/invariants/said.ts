import { z } from "zod";
import type { Row } from "./database-facts.ts";
import type { EpicFacts } from "./facts.ts";

const say = z.object({
  kind: z.literal("say"),
  thread: z.object({
    on: z.enum(["epic", "task", "taskPullRequest", "epicPullRequest"]),
    task: z.number().optional(),
  }),
  message: z.looseObject({ kind: z.string() }),
});

/** A row of the outbox that says something to people. */
export type Said = {
  readonly row: Row<"outbox">;
  /** The kind of its message. */
  readonly message: string;
  readonly on: z.output<typeof say>["thread"]["on"];
  readonly task: number | null;
};

/** What an epic's outbox says, in order of asking. */
export function saidIn(epic: EpicFacts): readonly Said[] {
  return epic.outbox.flatMap((row) => {
    const parsed = say.safeParse(row.effect);
    if (!parsed.success) return [];
    const { thread, message } = parsed.data;
    return [{ row, message: message.kind, on: thread.on, task: thread.task ?? null }];
  });
}

/** The number of the issue or pull request something is said on; null while it does not exist. */
export function numberOf(epic: EpicFacts, { on, task }: Pick<Said, "on" | "task">): number | null {
  const row = epic.tasks.find(({ ordinal }) => ordinal === task);
  switch (on) {
    case "epic":
      return epic.row.issue_number;
    case "epicPullRequest":
      return epic.row.pull_request;
    case "task":
      return row?.issue_number ?? null;
    case "taskPullRequest":
      return row?.pull_request ?? null;
    default:
      return on satisfies never;
  }
}

/** The ordinal an effect is about; null for those about the whole epic. */
export function taskOfEffect(row: Row<"outbox">): number | null {
  return z.object({ task: z.number() }).safeParse(row.effect).data?.task ?? null;
}

/** A text field of an effect; null when it has none. */
export function textOfEffect(row: Row<"outbox">, field: string): string | null {
  return z.string().safeParse(row.effect[field]).data ?? null;
}
