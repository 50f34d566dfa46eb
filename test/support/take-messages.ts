import type { Message } from "../../src/domain/message.ts";
import type { Store } from "../../src/ports/store.ts";

/** What people of an epic are to be told and have not been: taken out of its lane, in order. */
export async function takeMessages(store: Store, epicId: number): Promise<readonly Message[]> {
  const lane = `epic/${epicId}`;
  const epoch = await store.outbox.claimLane(lane, "test", 60_000);
  if (epoch === null) throw new Error(`${lane} is held by someone else`);
  const messages: Message[] = [];
  for (;;) {
    const next = await store.outbox.next(lane, epoch);
    if (!next) break;
    if (next.effect.kind === "say") messages.push(next.effect.message);
    await store.epics.change(epicId, { what: "test", actor: null }, () => ({
      decision: {},
      notes: [{ kind: "effectDone", id: next.id, epoch }],
      result: null,
    }));
  }
  await store.outbox.releaseLane(lane, epoch);
  return messages;
}
