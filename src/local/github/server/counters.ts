/** How often one kind of request came. */
export type RequestCount = {
  readonly kind: "rest" | "graphql" | "git";
  readonly method: string;
  /** The route's template, the GraphQL operation, or the git service. */
  readonly name: string;
  readonly content: boolean;
  readonly count: number;
  readonly notModified: number;
};

/** Counts requests by kind since the start. */
export class Counters {
  readonly #counts = new Map<string, RequestCount>();

  add(kind: Omit<RequestCount, "count" | "notModified">, notModified: boolean): void {
    const key = `${kind.kind} ${kind.method} ${kind.name}`;
    const before = this.#counts.get(key) ?? { ...kind, count: 0, notModified: 0 };
    this.#counts.set(key, {
      ...before,
      count: before.count + 1,
      notModified: before.notModified + (notModified ? 1 : 0),
    });
  }

  /** All counts, most frequent first, and their sums. */
  summary(): {
    readonly total: number;
    readonly content: number;
    readonly requests: readonly RequestCount[];
  } {
    const requests = [...this.#counts.values()].sort((a, b) => b.count - a.count);
    const sum = (rows: readonly RequestCount[]) => rows.reduce((all, row) => all + row.count, 0);
    return { total: sum(requests), content: sum(requests.filter((row) => row.content)), requests };
  }

  reset(): void {
    this.#counts.clear();
  }
}
