import type { LifeIdentity } from "../domain/agent.ts";
import { epicHasEnded } from "../domain/epic.ts";
import type { Store } from "../ports/store.ts";
import { whyStopped } from "../tools/why-stopped.ts";
import { createLifeCounts, type PerLifeLimits } from "./per-life.ts";

/** Let in: `release` when the call is over. Kept out: the status and the words for it. */
export type Admission =
  | { readonly kind: "admitted"; readonly release: () => void }
  | { readonly kind: "refused"; readonly status: 403 | 429; readonly message: string };

export type AdmitModelCall = (life: LifeIdentity) => Promise<Admission>;

/** Who works may call a model, as often as one life reasonably does. */
export function createAdmitModelCall(
  epics: Pick<Store["epics"], "view">,
  limits: PerLifeLimits,
): AdmitModelCall {
  const all = createLifeCounts();
  const running = createLifeCounts();
  return async (life) => {
    const stopped = await whyNoModel(epics, life);
    if (stopped !== null) return { kind: "refused", status: 403, message: stopped };
    const { modelCalls, modelCallsAtOnce } = limits;
    if (all.of(life) >= modelCalls) {
      const message = `A life makes at most ${modelCalls} model calls: end now.`;
      return { kind: "refused", status: 403, message };
    }
    if (running.of(life) >= modelCallsAtOnce) {
      const message = `A life makes at most ${modelCallsAtOnce} model calls at once: wait for one to end.`;
      return { kind: "refused", status: 429, message };
    }
    all.add(life, 1);
    running.add(life, 1);
    return { kind: "admitted", release: () => running.add(life, -1) };
  };
}

async function whyNoModel(
  epics: Pick<Store["epics"], "view">,
  life: LifeIdentity,
): Promise<string | null> {
  const view = await epics.view(life.epicId);
  if (epicHasEnded(view.epic)) return `The epic has ended (${view.epic.state}): end now.`;
  return whyStopped(view, life)?.detail ?? null;
}
