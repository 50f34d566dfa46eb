// Facts of the demo's way at which its whole process group is killed, each seen in its database.

export type Moment = {
  readonly name: string;
  /** A boolean expression in SQL that becomes true on the way and stays true. */
  readonly fact: string;
};

const been = (state: string): string =>
  `exists (select from history where noun = 'task' and to_state = '${state}')`;

export const moments: readonly Moment[] = [
  {
    name: "the first sub-issue is made",
    fact: "exists (select from tasks where issue_number is not null)",
  },
  {
    name: "two workers are running",
    fact: "(select count(distinct noun_key) >= 2 from history where noun = 'agent' and noun_key like 'worker/%' and to_state = 'RUNNING')",
  },
  {
    name: "the first commit is recorded",
    fact: "exists (select from tasks where head_sha is not null)",
  },
  { name: "the first task is submitted", fact: been("PENDING_REVIEW") },
  { name: "changes are requested", fact: been("CHANGES_REQUESTED") },
  { name: "the first landing is being published", fact: been("PUBLISHING") },
  { name: "the first task has landed", fact: been("COMPLETED") },
  {
    name: "the third task's worker runs",
    fact: "exists (select from history where noun = 'agent' and noun_key = 'worker/3' and to_state = 'RUNNING')",
  },
  {
    name: "the epic awaits its human review",
    fact: "exists (select from history where noun = 'epic' and to_state = 'AWAITING_HUMAN_REVIEW')",
  },
  {
    name: "the epic's pull request is merged",
    fact: "exists (select from deliveries where event = 'pull_request' and action = 'closed' and payload -> 'pull_request' ->> 'merged' = 'true' and payload -> 'pull_request' -> 'base' ->> 'ref' = 'main')",
  },
];
