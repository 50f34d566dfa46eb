import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { validateRecording } from "../support/github-schema.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const here = import.meta.dirname;
const limitMs = 150_000;

const report = z.object({
  epic: z.object({ issue: z.number(), state: z.string(), pullRequest: z.number() }),
  tasks: z.array(z.object({ title: z.string(), state: z.string(), mergeSha: z.string() })),
  landedCommits: z.array(z.string()),
  violations: z.array(z.unknown()),
});

const recorded = z.object({
  kind: z.string(),
  event: z.string().optional(),
  action: z.string().nullish(),
  payload: z
    .looseObject({
      comment: z.looseObject({ body: z.string() }).optional(),
      issue: z.looseObject({ number: z.number() }).optional(),
    })
    .optional(),
});

/** Runs the demo as a person does, on an epic of ours, and keeps all that GitHub said. */
async function runEpic() {
  const data = temporaryFolder();
  const recording = join(data, "..", "recording.jsonl");
  const { stdout } = await run(
    process.execPath,
    [
      join(here, "../../src/local/demo/main.ts"),
      "--json",
      ...["--data", data],
      ...["--epic", join(here, "user-management.md")],
      ...["--script", join(here, "user-management.yml")],
    ],
    { env: { ...process.env, LOCAL_GITHUB_RECORD: recording }, timeout: limitMs },
  ).catch(tellEnd);
  const lines = readFileSync(recording, "utf8").trim().split("\n");
  const comments = lines
    .map((line) => recorded.parse(JSON.parse(line)))
    .filter((line) => line.event === "issue_comment" && line.action === "created")
    .map((line) => ({
      issue: line.payload?.issue?.number,
      body: line.payload?.comment?.body ?? "",
    }));
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return { data, recording, comments, report: report.parse(JSON.parse(last)) };
}

/** What the demo printed at its end says why it did not end well. */
function tellEnd(error: unknown): never {
  const printed = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
  throw new Error(`the demo failed:\n${printed.slice(-3_000)}`, { cause: error });
}

test("a labelled issue becomes three tasks that land one after another, and its human is told (T1, L1, L4, L8, L9, L10, L11, L12a, A1, A12, Q1, Q3, H1, O1)", {
  timeout: limitMs,
}, async () => {
  const { data, recording, comments, report: end } = await runEpic();

  expect(end.epic.state).toBe("COMPLETED");
  expect(end.tasks.map(({ title, state }) => [title, state])).toEqual([
    ["Store users", "COMPLETED"],
    ["Handle requests", "COMPLETED"],
    ["Serve over HTTP", "COMPLETED"],
  ]);
  expect(new Set(end.landedCommits).size).toBe(3);
  expect(end.violations).toEqual([]);

  const told = comments.filter(({ issue }) => issue === end.epic.issue).map(({ body }) => body);
  expect(told.filter((body) => body.includes("ff/epic-1-add-rest-api-for-user"))).not.toEqual([]);
  expect(told.filter((body) => body.includes("Merging it completes"))).toHaveLength(1);

  const { errors, responses, webhooks } = validateRecording(recording);
  expect(errors).toEqual([]);
  expect(responses).toBeGreaterThan(50);
  expect(webhooks).toBeGreaterThan(20);
  expect(existsSync(join(data, "product", "logs", "panes"))).toBe(true);
});
