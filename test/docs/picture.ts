import type { RecordedRun } from "./recorded-run.ts";

// The picture of one run: a line per task and one for the supervisor and the epic, time from left to
// right. Plain SVG with a ground of its own, readable on a light page and on a dark one.

type Move = RecordedRun["moves"][number];
type Span = { readonly state: Move["to"]; readonly from: number; readonly to: number };
type Row = { readonly title: string; readonly note: string; readonly spans: readonly Span[] };

const width = 960;
const left = 196;
const right = 150;
const top = 84;
const rowHeight = 46;
const barHeight = 26;
const letterWidth = 6.1;

const colours = {
  waits: { fill: "#d8dee4", says: "waits" },
  works: { fill: "#54aeff", says: "works" },
  review: { fill: "#c8a6ff", says: "in review" },
  back: { fill: "#ffa657", says: "sent back" },
  queue: { fill: "#8ddb8c", says: "approved, verified, published" },
  human: { fill: "#f2cc60", says: "waits for its human" },
  done: { fill: "#2da44e", says: "landed, merged" },
  ended: { fill: "#ff7b72", says: "failed or called off" },
} as const;

type Colour = keyof typeof colours;

const colourOf: Readonly<Record<Move["to"], Colour | null>> = {
  QUEUED: "waits",
  NEEDS_DESIGN: "human",
  NEEDS_ANSWER: "human",
  NEEDS_PLAN_APPROVAL: "human",
  IN_PROGRESS: "works",
  PAUSED: "waits",
  AWAITING_HUMAN_REVIEW: "human",
  COMPLETED: "done",
  FAILED: "ended",
  CANCELLED: "ended",
  PENDING: "waits",
  BLOCKED: "waits",
  PENDING_REVIEW: "review",
  CHANGES_REQUESTED: "back",
  APPROVED: "queue",
  NEEDS_REBASE: "back",
  PUBLISHING: "queue",
  STARTING: "waits",
  RUNNING: "works",
  WAITING: "waits",
  ASLEEP: null,
  DONE: null,
  CRASHED: "ended",
  KILLED: null,
};

/** The text of docs/picture.svg. */
export function renderPicture(run: RecordedRun): string {
  const end = Math.max(...run.moves.map(({ second }) => second));
  const rows = rowsOf(run, end);
  const axis = top + rows.length * rowHeight;
  const height = axis + 84;
  const at = (second: number): number => left + (second / end) * (width - left - right);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="#1f2328">
<title>${escapeXml(titleOf(run))}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#fbfcfd" stroke="#8c959f"/>
<text x="24" y="36" font-size="17" font-weight="600">${escapeXml(titleOf(run))}</text>
<text x="24" y="58" fill="#57606a">${escapeXml(countsOf(run))}</text>
${grid(end, at, axis)}
${rows.map((row, index) => renderRow(row, top + index * rowHeight, at)).join("\n")}
${legend(rows, axis + 56)}
</svg>
`;
}

function titleOf({ epic }: RecordedRun): string {
  return `Issue #${epic.issue}, “${epic.title}”, from its label to the merge`;
}

function countsOf({ tasks, modelCalls, requests, violations, moves }: RecordedRun): string {
  const end = Math.max(...moves.map(({ second }) => second));
  const checked = violations === 0 ? "all invariants hold" : `${violations} invariants broken`;
  return `${end.toFixed(0)} seconds · ${tasks.length} tasks by ${tasks.length} workers · ${modelCalls} model calls (scripted) · ${requests} requests to the local GitHub · ${checked}`;
}

function rowsOf(run: RecordedRun, end: number): readonly Row[] {
  const { epic, tasks, moves } = run;
  const spans = (noun: Move["noun"], key: string | null): readonly Span[] =>
    spansOf(
      moves.filter((move) => move.noun === noun && (key === null || move.key === key)),
      end,
    );
  return [
    {
      title: `Epic #${epic.issue}`,
      note: `#${epic.pullRequest} merged`,
      spans: spans("epic", null),
    },
    { title: "Supervisor", note: "", spans: spans("agent", "supervisor") },
    ...tasks.map(({ key, issue, title, pullRequest, landedAs }) => ({
      title: `#${issue} ${title}`,
      note: `#${pullRequest} as ${landedAs.slice(0, 7)}`,
      spans: spans("task", key),
    })),
  ];
}

/** What is done needs no bar to the right edge: a short one shows where it ended. */
function spansOf(moves: readonly Move[], end: number): readonly Span[] {
  return moves.map(({ to: state, second }, index) => {
    const next = moves[index + 1]?.second ?? end;
    const isEnd = state === "COMPLETED" || state === "FAILED" || state === "CANCELLED";
    return { state, from: second, to: isEnd ? second : next };
  });
}

function renderRow({ title, note, spans }: Row, y: number, at: (second: number) => number): string {
  const bars = spans.map((span) => renderSpan(span, y, at));
  const last = spans.at(-1);
  const isDone = last?.state === "COMPLETED";
  const mark = isDone
    ? `<text x="${round(at(last.to) + 13)}" y="${y + 18}">${escapeXml(note)}</text>`
    : "";
  return `<text x="24" y="${y + 18}" font-weight="600">${escapeXml(title)}</text>\n${bars.join("")}${mark}`;
}

function renderSpan({ state, from, to }: Span, y: number, at: (second: number) => number): string {
  const colour = colourOf[state];
  if (colour === null) return "";
  const x = at(from);
  if (state === "COMPLETED")
    return `<circle cx="${round(x + 3)}" cy="${y + barHeight / 2}" r="7" fill="${colours.done.fill}"/>`;
  const length = Math.max(1, at(to) - x);
  const bar = `<rect x="${round(x)}" y="${y}" width="${round(length)}" height="${barHeight}" fill="${colours[colour].fill}"/>`;
  const isRoomy = length > state.length * letterWidth + 10;
  return isRoomy
    ? `${bar}<text x="${round(x + 6)}" y="${y + 17}" font-size="10">${state}</text>`
    : bar;
}

function grid(end: number, at: (second: number) => number, axis: number): string {
  const step = end > 60 ? 10 : 2;
  const seconds = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return seconds
    .map((second) => {
      const x = round(at(second));
      return `<path d="M${x} ${top - 10}V${axis}" stroke="#d8dee4"/><text x="${x}" y="${axis + 18}" font-size="11" fill="#57606a" text-anchor="middle">${second} s</text>`;
    })
    .join("");
}

function legend(rows: readonly Row[], y: number): string {
  const states = rows.flatMap(({ spans }) => spans.map(({ state }) => colourOf[state]));
  const used = [...new Set(states)].filter((colour) => colour !== null);
  const entries: string[] = [];
  let x = 24;
  for (const colour of used) {
    const { fill, says } = colours[colour];
    entries.push(
      `<rect x="${round(x)}" y="${y - 11}" width="14" height="14" rx="3" fill="${fill}"/><text x="${round(x + 20)}" y="${y + 1}" font-size="12">${says}</text>`,
    );
    x += 20 + says.length * 6.8 + 22;
  }
  return entries.join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
