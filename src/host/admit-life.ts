import { giveWay } from "../domain/decide-agent.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { PlaceAnswer, PlaceAsked, QueueName } from "../ports/places.ts";
import type { HostPorts } from "./host-ports.ts";
import { type Hold, roomOn } from "./host-room.ts";

// Who may start now. What may not waits in line: that is neither a try nor a failure (G6, O5, G3).

export type Queued = Extract<EffectResult, { readonly kind: "queued" }>;

/** Those far behind look less often: whoever leaves calls the first ones. */
const longestLookMs = 10_000;
const modelLookMs = 5_000;

/** Whether there is a place and room now; a cheap look before anything is prepared for the life. */
export async function whyNotNow(asked: PlaceAsked, ports: HostPorts): Promise<Queued | null> {
  const { places } = ports.store;
  const answer = await places.ask(asked, ports.settings.places);
  return answer.kind === "queued"
    ? await queuedFor(answer, asked, ports)
    : await whyNoRoom(asked, ports);
}

/** Waits for a place; the first in line asks whoever only waits for mail to give way. */
export async function queuedFor(
  answer: Extract<PlaceAnswer, { readonly kind: "queued" }>,
  asked: PlaceAsked,
  ports: HostPorts,
): Promise<Queued> {
  if (answer.place === 1) await askToGiveWay(asked, answer.queue, ports);
  const delayMs = Math.min(longestLookMs, answer.place * ports.settings.queueLookMs);
  return { kind: "queued", queue: answer.queue, reason: answer.why, delayMs };
}

/** Measures this host, in the order of those that wait for it. */
export async function whyNoRoom(asked: PlaceAsked, ports: HostPorts): Promise<Queued | null> {
  const { hostName, queueLookMs } = ports.settings;
  const ahead = await ports.store.places.aheadOnHost(asked);
  const delayMs = Math.min(longestLookMs, (ahead + 1) * queueLookMs);
  const line = { kind: "queued", queue: "host", delayMs } as const;
  // Room that is there now is for whoever came first.
  if (ahead > 0) return { ...line, reason: `others wait for room on ${hostName}` };
  const hold = await roomOn(ports);
  if (hold === null) return null;
  await atLimit(hold, asked, ports);
  return { ...line, reason: hold.why };
}

/** People are told when a host comes to a limit, not of every agent that waits for it. */
async function atLimit(hold: Hold, asked: PlaceAsked, ports: HostPorts): Promise<void> {
  const { lives, places } = ports.store;
  const { hostName, room } = ports.settings;
  if (await places.atLimit(hostName, hold.what, room.quietMs))
    await tellLimit(asked.epicId, hold, ports);
  const leaving = (await lives.onHost(hostName)).some(({ isWanted }) => !isWanted);
  if (hold.what !== "disk" && !leaving) await askToGiveWay(asked, "host", ports);
}

/** Asked right before a start: in a long trouble one start now and then finds out whether it is over. */
export async function whyNoModel({ store, settings }: HostPorts): Promise<Queued | null> {
  const trouble = await store.modelTroubles.modelTrouble(settings.modelProbeMs);
  if (trouble === null) return null;
  const reason = "the model provider cannot answer; agents start when it can";
  const delayMs = Math.max(modelLookMs, settings.queueLookMs);
  return { kind: "queued", queue: "model", reason, delayMs };
}

async function askToGiveWay(
  asked: PlaceAsked,
  queue: QueueName,
  { store, settings }: HostPorts,
): Promise<void> {
  const { hostName: host } = settings;
  const waiting = await store.places.longestWaiting(asked, { queue, host });
  if (waiting === null) return;
  const cause = { what: `${waiting.agent} gives way to ${asked.agent}`, actor: null };
  await store.epics.change(waiting.epicId, cause, (view: EpicView) => ({
    decision: giveWay(view, waiting.agent),
    result: null,
  }));
}

async function tellLimit(epicId: number, { what, why }: Hold, { store }: HostPorts): Promise<void> {
  await store.epics.change(epicId, { what: `host limit: ${what}`, actor: null }, () => ({
    decision: {
      effects: [
        { kind: "say", thread: { on: "epic" }, message: { kind: "hostLimit", what, whyText: why } },
      ],
    },
    result: null,
  }));
}
