// One measured figure and how it is judged: ours against a floor of the same run, or a bound.

export type Goal =
  /** ours ÷ floor, at most. */
  | { readonly kind: "ratio"; readonly most: number }
  | { readonly kind: "most"; readonly most: number }
  | { readonly kind: "least"; readonly least: number };

export type Figure = {
  /** As in the goals' list: `d4`. */
  readonly id: string;
  /** What was measured, with its unit: `start_20_agents_ms`. */
  readonly name: string;
  readonly ours: readonly number[];
  readonly floor: readonly number[] | null;
  readonly goal: Goal;
  readonly remark?: string;
};

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** ours ÷ floor by their medians; null without a floor. */
function ratioOf({ ours, floor }: Figure): number | null {
  return floor === null ? null : median(ours) / median(floor);
}

export function isPassed(figure: Figure): boolean {
  const value = median(figure.ours);
  switch (figure.goal.kind) {
    case "ratio":
      return (ratioOf(figure) ?? Number.POSITIVE_INFINITY) <= figure.goal.most;
    case "most":
      return value <= figure.goal.most;
    case "least":
      return value >= figure.goal.least;
    default:
      return figure.goal satisfies never;
  }
}

/** `d4 start_20_agents_ms  ours 812 [790-840]  floor 770 [760-790] (1.05x)  goal <=1.1x  PASS` */
export function lineOf(figure: Figure): string {
  const { id, name, ours, floor, remark } = figure;
  const ratio = ratioOf(figure);
  return [
    `${id} ${name}`,
    `ours ${spread(ours)}`,
    ...(floor === null || ratio === null ? [] : [`floor ${spread(floor)} (${short(ratio)}x)`]),
    `goal ${goalText(figure.goal)}`,
    isPassed(figure) ? "PASS" : "MISSED",
    ...(remark === undefined ? [] : [`(${remark})`]),
  ].join("  ");
}

function spread(samples: readonly number[]): string {
  const middle = short(median(samples));
  if (samples.length < 2) return middle;
  return `${middle} [${short(Math.min(...samples))}-${short(Math.max(...samples))}]`;
}

function goalText(goal: Goal): string {
  if (goal.kind === "least") return `>=${goal.least}`;
  return goal.kind === "ratio" ? `<=${goal.most}x` : `<=${goal.most}`;
}

function short(value: number): string {
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(2);
}
