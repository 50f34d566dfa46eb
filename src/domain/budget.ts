/** Budgets in US dollars, from the narrowest to the widest; a day's is an installation's (G5). */
export type BudgetLevel = (typeof budgetLevels)[number];
export const budgetLevels = ["attempt", "task", "epic", "day"] as const;

/** The operator's limits, in US dollars. */
export type BudgetLimits = Readonly<Record<BudgetLevel, number>> & {
  /** No epic's or task's budget is raised above it. */
  readonly most: number;
  /** People are told when so much of a budget is spent; 0.8 is 80 %. */
  readonly warnShare: number;
};

export const defaultBudgetLimits: BudgetLimits = {
  ...{ attempt: 5, task: 10, epic: 50, day: 100 },
  ...{ most: 200, warnShare: 0.8 },
};

/** Dollars spent in every budget that a call would draw on; null: the caller has none of that kind. */
export type Spent = Readonly<Record<BudgetLevel, number | null>>;

/** What people set for an epic and a task instead of the operator's limits; null: nothing. */
export type BudgetsSet = { readonly epic: number | null; readonly task: number | null };

/** One budget as it stands, in US dollars. */
export type BudgetCount = {
  readonly level: BudgetLevel;
  readonly spent: number;
  readonly limit: number;
};

/** Every budget that applies, the widest first: where it is spent, a narrower one helps nobody. */
export function budgetCounts(
  spent: Spent,
  set: BudgetsSet,
  limits: BudgetLimits,
): readonly BudgetCount[] {
  const limitOf = { ...limits, epic: set.epic ?? limits.epic, task: set.task ?? limits.task };
  return budgetLevels.toReversed().flatMap((level) => {
    const amount = spent[level];
    return amount === null ? [] : [{ level, spent: amount, limit: limitOf[level] }];
  });
}

/** The widest budget that is spent; null while the next call may be made. */
export function spentBudget(counts: readonly BudgetCount[]): BudgetCount | null {
  return counts.find(({ spent, limit }) => spent >= limit) ?? null;
}

/** Budgets of which so much is spent that people should know; one that is gone is told by its refusal. */
export function nearlySpent(
  counts: readonly BudgetCount[],
  { warnShare }: BudgetLimits,
): readonly BudgetCount[] {
  return counts.filter(({ spent, limit }) => spent >= limit * warnShare && spent < limit);
}

/** What calls under way hold: what they likely cost, and the most they may. */
export type Held = { readonly likely: Spent; readonly most: Spent };

/**
 * The widest budget that has no room for another call until one under way is over; null where all
 * have.
 *
 * @param held.own the most that the call which asks may cost
 *
 * A long conversation is mostly read from the provider's cache, for a tenth of its price and less. If
 * each call held all that it costs when nothing is cached, a few at once would keep others out of a
 * budget that is half full. Misses are few, and what one costs is booked when it ends: far from the
 * end the next call sees it. Near the end it would be seen too late, so there the most counts.
 *
 * Nor may all of them miss at once and go far beyond the end: by no more than what is left when
 * people are told. A call that is alone waits for nobody, so it may be one call beyond.
 */
export function fullBudget(
  spent: Spent,
  { likely, most, own }: Held & { readonly own: number },
  set: BudgetsSet,
  limits: BudgetLimits,
): BudgetCount | null {
  const nearBy = budgetCounts(spentWith(spent, likely), set, limits)
    .filter((count) => count.spent >= count.limit * limits.warnShare)
    .map(({ level }) => level);
  const atMost = budgetCounts(spentWith(spent, most), set, limits);
  const beyond = 2 - limits.warnShare;
  const isFull = ({ level, spent: atWorst, limit }: BudgetCount): boolean =>
    (nearBy.includes(level) && atWorst >= limit) ||
    ((most[level] ?? 0) > 0 && atWorst + own > limit * beyond);
  return atMost.find(isFull) ?? null;
}

function spentWith(spent: Spent, reserved: Spent): Spent {
  const sum = (level: BudgetLevel): number | null => {
    const amount = spent[level];
    return amount === null ? null : amount + (reserved[level] ?? 0);
  };
  return { day: sum("day"), epic: sum("epic"), task: sum("task"), attempt: sum("attempt") };
}
