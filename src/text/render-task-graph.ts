// A Mermaid diagram out of a fixed grammar: ids are numbers, labels hold letters and digits only.
import type { EpicStatus } from "../domain/epic-status.ts";
import { stripInvisible } from "./invisible.ts";
import { fencedCode } from "./markdown.ts";

type GraphTask = EpicStatus["tasks"][number];

const maxLabelLength = 40;

const colours = {
  done: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  failed: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
  active: "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
  idle: "fill:#f6f8fa,stroke:#8c959f,color:#1f2328",
} as const;

/** Tasks and what they wait for; an empty string when a picture would show nothing. */
export function renderTaskGraph(tasks: readonly GraphTask[]): string {
  const known = new Set(tasks.map((task) => task.ordinal));
  const arrows = tasks.flatMap((task) =>
    task.dependsOn
      .filter((ordinal) => known.has(ordinal))
      .map((ordinal) => `  t${ordinal} --> t${task.ordinal}`),
  );
  if (tasks.length < 2) return "";
  const nodes = tasks.map((task) => `  t${task.ordinal}["${label(task)}"]:::${colourOf(task)}`);
  const classes = Object.entries(colours).map(([name, style]) => `  classDef ${name} ${style}`);
  return fencedCode(["graph LR", ...nodes, ...arrows, ...classes].join("\n"), "mermaid");
}

function label({ ordinal, issueNumber, titleText }: GraphTask): string {
  const words = stripInvisible(titleText)
    .replace(/[^\p{L}\p{N} .,_-]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const points = [...words];
  const short =
    points.length > maxLabelLength ? `${points.slice(0, maxLabelLength).join("")}…` : words;
  return `${issueNumber === null ? `Task ${ordinal}` : issueNumber} · ${short}`;
}

function colourOf({ state }: GraphTask): keyof typeof colours {
  if (state === "COMPLETED") return "done";
  if (state === "FAILED" || state === "CANCELLED") return "failed";
  return state === "PENDING" || state === "BLOCKED" ? "idle" : "active";
}
