import type { ModelCalls } from "../ports/model-calls.ts";

/** A call without a word of its process for so long is booked at the most it may cost. */
export const defaultCallLeaseMs = 30_000;
/** Words within one lease: a lost one or two end no call's. */
const perLease = 3;

type HoldPorts = {
  readonly modelCalls: Pick<ModelCalls, "renew">;
  readonly leaseMs: number;
  /** The database was away; the next word comes in its time. */
  readonly onFailed: (error: unknown) => void;
};

/** @returns says that the call is over, or its process no longer holds it */
export type HoldCall = (callId: string) => () => void;

/** Says again and again, as long as calls are under way, that this process holds them. */
export function createHoldCall({ modelCalls, leaseMs, onFailed }: HoldPorts): HoldCall {
  const held = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  const renew = (): void => void modelCalls.renew([...held], leaseMs).catch(onFailed);
  return (callId) => {
    held.add(callId);
    timer ??= setInterval(renew, Math.ceil(leaseMs / perLease)).unref();
    return () => {
      held.delete(callId);
      if (held.size > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    };
  };
}
