import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { z } from "zod";
import { resolveServers } from "../../src/local/embedded/resolve-servers.ts";
import { REPOSITORY } from "../support/sources.ts";
import { type RecordedRun, recordedRun, recordedRunFile } from "./recorded-run.ts";

const limitSeconds = 300;

const reportShape = z.object({
  epic: z.object({ issue: z.number(), pullRequest: z.number() }),
  tasks: z.array(
    z.object({
      ordinal: z.number(),
      title: z.string(),
      issue: z.number(),
      pullRequest: z.number(),
      mergeSha: z.string(),
    }),
  ),
  requests: z.object({ total: z.number() }),
  calls: z.number(),
  seconds: z.number(),
  violations: z.array(z.unknown()),
});

/** Runs the demo and keeps what its picture needs: its report, and its history from PostgreSQL. */
export async function recordRun(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "factory-record-"));
  try {
    const report = reportShape.parse(JSON.parse(await runDemo(data)));
    const run = recordedRun.parse({ ...factsOf(report), ...(await readHistory(data)) });
    writeFileSync(recordedRunFile, `${JSON.stringify(run, null, 1)}\n`);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** @returns the last line of what it printed */
function runDemo(data: string): Promise<string> {
  const program = join(REPOSITORY, "src/local/demo/main.ts");
  const args = [program, "--json", "--data", data, "--limit", String(limitSeconds)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const printed = Buffer.concat(chunks).toString().trim();
      if (code === 0) resolve(printed.split("\n").at(-1) ?? "");
      else reject(new Error(`the demo ended with exit code ${code}:\n${printed}`));
    });
  });
}

function factsOf(report: z.infer<typeof reportShape>): Partial<RecordedRun> {
  return {
    tasks: report.tasks.map(({ ordinal, title, issue, pullRequest, mergeSha }) => ({
      key: String(ordinal),
      title,
      issue,
      pullRequest,
      landedAs: mergeSha,
    })),
    seconds: report.seconds,
    modelCalls: report.calls,
    requests: report.requests.total,
    violations: report.violations.length,
  };
}

/** The demo has stopped its servers; its database is read by starting it once more. */
async function readHistory(data: string): Promise<Pick<RecordedRun, "epic" | "moves">> {
  const servers = await resolveServers({ env: {}, dataDir: data });
  const client = new pg.Client({ connectionString: servers.databaseUrl });
  try {
    await client.connect();
    const epics = await client.query(
      `select issue_number as issue, title, pull_request as "pullRequest" from epics`,
    );
    const history = await client.query(
      `select noun, noun_key as key, to_state as "to",
              extract(epoch from at - (select min(received_at) from deliveries))::float as second
         from history order by id`,
    );
    const moves = history.rows.map((row) => ({
      ...row,
      second: Math.round(row.second * 100) / 100,
    }));
    return recordedRun.pick({ epic: true, moves: true }).parse({ epic: epics.rows[0], moves });
  } finally {
    await client.end();
    await servers.stop();
  }
}
