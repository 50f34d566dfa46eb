/** What the broker lets a cell take from package registries. */
export type RegistryLimits = {
  /** Largest answer passed on, in bytes. */
  readonly maxBytes: number;
  /** Longest time of one request, redirects included. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Longest path with its query. */
  readonly maxPathBytes: number;
};

export const DEFAULT_REGISTRY_LIMITS: RegistryLimits = {
  maxBytes: 512 * 1024 * 1024,
  timeoutMs: 300_000,
  maxRedirects: 5,
  maxPathBytes: 2_048,
};
