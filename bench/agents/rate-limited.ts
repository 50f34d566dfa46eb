import { systemClock } from "../../src/lib/clock.ts";
import { startScriptedModel } from "../../src/local/model/scripted-model.ts";
import { guard, type Measure } from "../measure.ts";
import { agentModel, registerAgents } from "../stage/register-agents.ts";
import { startWebStage } from "../stage/start-web.ts";

// A provider that allows six hundred calls a minute, and agents who together want 95 % of that, at
// random moments. Who calls without asking first is refused whenever chance brings many together.

const perMinute = 600;
const use = 0.95;
const agents = 40;
const seed = 20_261_123;

export const rateLimited: Measure = {
  ids: ["f5"],
  what: "refusals by the provider at 95 % of its limit",
  run: async ({ quick, folder, say }) => {
    const model = await startScriptedModel({ script });
    const web = await startWebStage(folder, { url: model.url });
    try {
      const lives = await registerAgents(web.databaseUrl, { count: agents, state: "RUNNING" });
      const wanted = quick ? 200 : 1_000;
      const random = randomFrom(seed);
      const asked: Promise<number>[] = [];
      let dueMs = performance.now();
      for (let call = 0; call < wanted; call += 1) {
        dueMs += (-Math.log(1 - random()) * 60_000) / (perMinute * use);
        await systemClock.sleep(Math.max(0, dueMs - performance.now()));
        asked.push(ask(web.url, lives[call % agents]?.token ?? ""));
      }
      const statuses = await Promise.all(asked);
      const held = statuses.filter((status) => status !== 200).length;
      guard(held === 0, `${held} of ${wanted} calls were not answered`);
      const calls = model.calls();
      const refused = calls.filter(({ status }) => status === 429).length;
      say(`${calls.length} calls reached the provider, ${refused} were refused`);
      return [
        {
          ...{ id: "f5", name: "refusals_per_1000_calls", floor: null },
          ours: [(1_000 * refused) / wanted],
          goal: { kind: "most", most: 1 },
          remark: `${wanted} calls at ${use * 100} % of ${perMinute} a minute`,
        },
      ];
    } finally {
      await web.stop();
      await model.close();
    }
  },
};

const script = {
  limits: { requestsPerMinute: perMinute },
  roles: { worker: { match: "# Role: worker", turns: [{ times: "many", text: "Yes." }] } },
};

async function ask(url: string, token: string): Promise<number> {
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: agentModel,
      max_tokens: 100,
      system: "# Role: worker",
      messages: [{ role: "user", content: "Hello" }],
    }),
  });
  await response.text();
  return response.status;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
