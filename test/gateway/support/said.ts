import type { Effect } from "../../../src/domain/effect.ts";
import type { Web } from "../../http/support/web.ts";

/** The kinds of what an epic's people are told about money and models, in order, from its outbox. */
export async function saidIn({ store, epicId }: Web): Promise<readonly string[]> {
  const lane = `epic/${epicId}`;
  const epoch = await store.outbox.claimLane(lane, "test", 60_000);
  if (epoch === null) throw new Error(`${lane} is held by somebody else`);
  const kinds: string[] = [];
  for (let queued = await store.outbox.next(lane, epoch); queued; ) {
    kinds.push(...told(queued.effect));
    const { id } = queued;
    await store.epics.change(epicId, { what: "test", actor: null }, () => ({
      decision: {},
      notes: [{ kind: "effectDone", id, epoch }],
      result: null,
    }));
    queued = await store.outbox.next(lane, epoch);
  }
  await store.outbox.releaseLane(lane, epoch);
  return kinds;
}

function told(effect: Effect): readonly string[] {
  if (effect.kind !== "say") return [];
  return /^(budget|model)/.test(effect.message.kind) ? [effect.message.kind] : [];
}
