/** What whoever connects to a socket may use. */
export type Grant = {
  /** The product's own paths for agents. */
  readonly product: boolean;
  readonly registries: boolean;
  /** When the socket closes by itself, by this host's clock; null: when it is told to. */
  readonly untilMs: number | null;
};

/** Reads a grant that this program has written; null when the text is none. */
export function parseGrant(text: string): Grant | null {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null) return null;
    if (!("product" in found) || !("registries" in found) || !("untilMs" in found)) return null;
    const { product, registries, untilMs } = found;
    if (typeof product !== "boolean" || typeof registries !== "boolean") return null;
    if (untilMs !== null && typeof untilMs !== "number") return null;
    return { product, registries, untilMs };
  } catch {
    return null; // Cut short by a crash.
  }
}
