import { epicStates, taskStates } from "./states.ts";

/** The label that shows a state on an issue: `PENDING_REVIEW` is `ff:pending-review`. */
export function stateLabel(state: string): string {
  return `ff:${state.toLowerCase().replaceAll("_", "-")}`;
}

const stateLabels: ReadonlySet<string> = new Set([...epicStates, ...taskStates].map(stateLabel));

/** True for labels the product sets and removes itself; other `ff:` labels belong to people. */
export function isStateLabel(label: string): boolean {
  return stateLabels.has(label.toLowerCase());
}
