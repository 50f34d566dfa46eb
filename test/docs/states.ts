import type {
  AgentStateName,
  ApprovalStateName,
  EpicStateName,
  TaskStateName,
} from "../../src/domain/states.ts";
import { agentMoves, approvalMoves, epicMoves, taskMoves } from "../../src/domain/transitions.ts";

type Noun<State extends string> = {
  readonly title: string;
  readonly sentence: string;
  readonly first: State;
  readonly moves: Readonly<Record<State, readonly State[]>>;
  readonly meanings: Readonly<Record<State, string>>;
};

const epic: Noun<EpicStateName> = {
  title: "Epic",
  sentence: "A labelled issue that the product took on.",
  first: "QUEUED",
  moves: epicMoves,
  meanings: {
    QUEUED: "Taken on; its branch is not there yet.",
    NEEDS_DESIGN: "The issue says too little; a person has to add to it.",
    NEEDS_ANSWER: "The supervisor asked its human something.",
    NEEDS_PLAN_APPROVAL: "The plan waits for `/ff approve`.",
    IN_PROGRESS: "Agents plan, work, review and land.",
    PAUSED: "A person stopped it for a while; it goes on where it was.",
    AWAITING_HUMAN_REVIEW: "Every task has ended; the epic's pull request waits for its human.",
    COMPLETED: "A person merged the epic's pull request.",
    FAILED: "It cannot go on, or no task landed.",
    CANCELLED: "A person called it off.",
  },
};

const task: Noun<TaskStateName> = {
  title: "Task",
  sentence: "One unit of an epic's plan: one sub-issue, one worktree, one pull request.",
  first: "PENDING",
  moves: taskMoves,
  meanings: {
    PENDING: "Waits for its sub-issue, for what it depends on, or for a free place.",
    BLOCKED: "Its worker asked, and waits for the answer.",
    IN_PROGRESS: "Its worker works.",
    PENDING_REVIEW: "Submitted: the supervisor reads the diff. It has its place in the queue.",
    CHANGES_REQUESTED: "Sent back by the review, or because the merged tree failed its verify.",
    APPROVED: "One exact commit is approved and waits for its turn to land.",
    NEEDS_REBASE: "It conflicts with the epic branch; its worker resolves that.",
    PUBLISHING: "The merge commit is decided; now only the remote branch says what happened.",
    COMPLETED: "Its commit was seen on the epic branch.",
    FAILED: "Given up.",
    CANCELLED: "Called off.",
  },
};

const agent: Noun<AgentStateName> = {
  title: "Agent",
  sentence: "The supervisor of an epic or the worker of a task; each of its processes is a life.",
  first: "STARTING",
  moves: agentMoves,
  meanings: {
    STARTING: "A life is wanted or on its way.",
    RUNNING: "Its process works.",
    WAITING: "Its process waits for mail; no model is called.",
    ASLEEP: "No process; mail starts a life.",
    PAUSED: "No process, because its epic is paused.",
    DONE: "Its work has ended well.",
    CRASHED: "Its process ended without having been asked to.",
    KILLED: "Ended because a person or a rule said so.",
    FAILED: "It crashed too often, or gave up.",
  },
};

const approval: Noun<ApprovalStateName> = {
  title: "Approval",
  sentence: "A call of a sensitive tool by an agent in strict mode.",
  first: "PENDING",
  moves: approvalMoves,
  meanings: {
    PENDING: "Stored with its arguments; a person is asked.",
    APPROVED: "A person lets it run; its agent has mail.",
    DENIED: "A person refused it; its agent has the reason by mail.",
    EXPIRED: "Nobody answered in time, or its agent never ran it.",
    RAN: "It ran, with the arguments that were asked for, on what was true then.",
    WITHDRAWN:
      "Its agent or its epic ended, or the call ran without it after the mode was changed.",
  },
};

const HEAD = `# States

Written from \`src/domain/transitions.ts\` by \`npm run docs:reference\`; do not edit it by hand. Whatever stores a state checks these moves
first: any other is a bug, found at once. Every move is a row of the table \`history\`.
`;

/** The text of docs/STATES.md. */
export function renderStates(): string {
  return [HEAD, render(epic), render(task), render(agent), render(approval)].join("\n");
}

function render<State extends string>(noun: Noun<State>): string {
  const { title, sentence, first, meanings } = noun;
  const states = stateNames(noun);
  const rows = states.map((state) => `| \`${state}\` | ${meanings[state]} |`);
  return `## ${title}

${sentence}

\`\`\`mermaid
stateDiagram-v2
  [*] --> ${first}
${states.flatMap((state) => arrows(noun, state)).join("\n")}
\`\`\`

| state | meaning |
|---|---|
${rows.join("\n")}
`;
}

function arrows<State extends string>({ moves }: Noun<State>, state: State): readonly string[] {
  const next = moves[state];
  return next.length === 0 ? [`  ${state} --> [*]`] : next.map((to) => `  ${state} --> ${to}`);
}

function stateNames<State extends string>({ moves }: Noun<State>): readonly State[] {
  // The keys of a record over a union are that union; Object.keys forgets it.
  return Object.keys(moves) as State[];
}
