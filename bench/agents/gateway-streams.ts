import { readFileSync } from "node:fs";
import { median } from "../figure.ts";
import { guard, type Measure } from "../measure.ts";
import { agentModel, type Registered, registerAgents } from "../stage/register-agents.ts";
import { startWebStage } from "../stage/start-web.ts";

// Five hundred answers at once, ten events a second each: whatever is kept of an answer that passes
// by would pile up in the web process.

const streams = 500;
const everyMs = 100;
const sampleEveryMs = 500;

export const gatewayStreams: Measure = {
  ids: ["f-streams"],
  what: `${streams} streams at once at 10 events a second`,
  run: async ({ quick, folder, say }) => {
    const events = quick ? 100 : 400;
    const web = await startWebStage(folder, { events, everyMs });
    try {
      const agents = await registerAgents(web.databaseUrl, { count: streams, state: "RUNNING" });
      const open = { count: 0 };
      const samples: { readonly open: number; readonly bytes: number }[] = [];
      let slowestMs = 0;
      const timer = setInterval(
        () => samples.push({ open: open.count, bytes: residentBytes(web.pid) }),
        sampleEveryMs,
      );
      try {
        const tookMs = await Promise.all(
          agents.map((agent) => follow(web.url, agent, events, open)),
        );
        slowestMs = Math.max(...tookMs);
      } finally {
        clearInterval(timer);
      }
      const all = samples.filter((sample) => sample.open === streams).map(({ bytes }) => bytes);
      guard(all.length >= 8, `only ${all.length} samples with all streams open`);
      const quarter = Math.floor(all.length / 4);
      say(`${Math.round(median(all) / 2 ** 20)} MB while all were open`);
      return [
        {
          id: "f-streams",
          name: "resident_bytes_last_quarter_to_second",
          ours: all.slice(-quarter),
          floor: all.slice(quarter, 2 * quarter),
          goal: { kind: "ratio", most: 1.1 },
          remark: `${streams * events} events, every one in its place; the slowest stream took ${Math.round(slowestMs / 1_000)} s for ${(events * everyMs) / 1_000} s`,
        },
      ];
    } finally {
      await web.stop();
    }
  },
};

/** @returns how long its answer took, in milliseconds, from its headers on */
async function follow(
  url: string,
  { token }: Registered,
  events: number,
  open: { count: number },
): Promise<number> {
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: agentModel,
      max_tokens: 100,
      stream: true,
      messages: [{ role: "user", content: "Hello" }],
    }),
  });
  guard(response.status === 200 && response.body !== null, `status ${response.status}`);
  open.count += 1;
  const begunMs = performance.now();
  let next = 0;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const [, sent] of lines.flatMap((line) => [/"sent":(\d+)/.exec(line) ?? []])) {
      if (sent === undefined) continue;
      guard(Number(sent) === next, `event ${sent} where ${next} was next`);
      next += 1;
    }
  }
  open.count -= 1;
  guard(next === events, `${next} of ${events} events`);
  return performance.now() - begunMs;
}

function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes) * 1_024;
}
