/** What the broker lets a cell use. */
export type BrokerLimits = {
  /** Largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** A connection on which nothing moves for so long is closed. Above the long poll of 55 s. */
  readonly idleMs: number;
  /** The product must take a connection within this time. */
  readonly connectMs: number;
  /** So long the product may take to say that it is there; below the control client's limit. */
  readonly reachMs: number;
  /** Connections of one life at once. */
  readonly maxConnections: number;
  /** How long a stop waits for requests under way. */
  readonly drainMs: number;
};

export const DEFAULT_BROKER_LIMITS: BrokerLimits = {
  maxBodyBytes: 32 * 1024 * 1024,
  idleMs: 120_000,
  connectMs: 10_000,
  reachMs: 5_000,
  maxConnections: 64,
  drainMs: 5_000,
};
