import type { Note } from "../ports/epics.ts";
import type { Leases } from "../ports/spine.ts";

/** The right to land on one epic branch, fenced by its epoch. */
export type Lease = {
  readonly epoch: number;
  /** Put it into every transaction that the lease must still cover. */
  readonly note: Note;
};

type LeasePorts = {
  readonly store: { readonly leases: Leases };
  readonly settings: { readonly holder: string; readonly leaseMs: number };
};

/**
 * Works under a lease that is renewed by heartbeat. Does nothing when someone else holds it. A lost
 * lease does not stop the work: its transactions fail, and its pushes are leased on the old tip.
 */
export async function withLease(
  key: string,
  { store, settings }: LeasePorts,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  const { leases } = store;
  const { holder, leaseMs } = settings;
  const epoch = await leases.take(key, holder, leaseMs);
  if (epoch === null) return;
  const heartbeat = setInterval(() => {
    // No answer is not a loss: the next beat, or the next transaction, finds out.
    leases.renew(key, epoch, leaseMs).catch(() => false);
  }, leaseMs / 3);
  try {
    await work({ epoch, note: { kind: "holdsLease", key, epoch } });
  } finally {
    clearInterval(heartbeat);
    await leases.release(key, epoch);
  }
}
