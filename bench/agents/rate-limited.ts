import { systemClock } from "../../src/lib/clock.ts";
import { startScriptedModel } from "../../src/local/model/scripted-model.ts";
import { guard, type Measure } from "../measure.ts";
import { agentModel, registerAgents } from "../stage/register-agents.ts";
import { startWebStage } from "../stage/start-web.ts";

// A provider that allows six hundred calls a minute, and agents who together want 95 % of that, at
// random moments, some of them together. Somebody else has used up nearly all that was saved up: with a minute's worth in
// hand nobody would be refused. The same calls at the same moments go to another such provider with
// no gateway before it: were none of them refused, the gateway's figure would say nothing.

const perMinute = 600;
const use = 0.95;
const leftOverMs = 1_000;
const mostPer1000 = 1;
const agents = 40;
/** Agents that wake in the same moment, at most. */
const together = 20;
const seed = 20_261_123;

export const rateLimited: Measure = {
  ids: ["f5"],
  what: "refusals by the provider at 95 % of its limit",
  counts: true,
  run: async ({ quick, folder, say }) => {
    const model = await startScriptedModel({ script });
    const bare = await startScriptedModel({ script });
    const web = await startWebStage(folder, { url: model.url });
    try {
      const lives = await registerAgents(web.databaseUrl, { count: agents, state: "RUNNING" });
      const wanted = quick ? 200 : 1_000;
      await Promise.all([model, bare].map(({ url }) => useUp(url)));
      const before = model.calls().length;
      const { through, direct } = await offer(wanted, {
        through: (call) => ask(web.url, lives[call % agents]?.token ?? ""),
        direct: () => ask(bare.url, "bench"),
      });
      const held = through.filter((status) => status !== 200).length;
      guard(held === 0, `${held} of ${wanted} calls were not answered`);
      const calls = model.calls().slice(before);
      const refused = calls.filter(({ status }) => status === 429).length;
      const without = direct.filter((status) => status === 429).length;
      say(`${calls.length} calls reached the provider, ${refused} were refused`);
      guard(
        without * 1_000 > wanted * mostPer1000,
        `only ${without} of ${wanted} were refused without a gateway`,
      );
      return [
        {
          ...{ id: "f5", name: "refusals_per_1000_calls", floor: null },
          ours: [(1_000 * refused) / wanted],
          goal: { kind: "most", most: mostPer1000 },
          remark: `${wanted} calls at ${use * 100} % of ${perMinute} a minute; without the gateway ${Math.round((1_000 * without) / wanted)}`,
        },
      ];
    } finally {
      await web.stop();
      await model.close();
      await bare.close();
    }
  },
};

/** Each call both ways at once, some of them together, at moments as chance has them. */
async function offer(
  wanted: number,
  ways: Readonly<Record<"through" | "direct", (call: number) => Promise<number>>>,
) {
  const random = randomFrom(seed);
  const through: Promise<number>[] = [];
  const direct: Promise<number>[] = [];
  const everyMs = (60_000 / (perMinute * use)) * ((1 + together) / 2);
  let dueMs = performance.now();
  while (through.length < wanted) {
    dueMs += -Math.log(1 - random()) * everyMs;
    await systemClock.sleep(Math.max(0, dueMs - performance.now()));
    const last = Math.min(wanted, through.length + Math.ceil(random() * together));
    for (let call = through.length; call < last; call += 1) {
      through.push(ways.through(call));
      direct.push(ways.direct(call));
    }
  }
  return { through: await Promise.all(through), direct: await Promise.all(direct) };
}

/** What is saved up at first, but for a moment's worth: somebody else of the account has had it. */
async function useUp(url: string): Promise<void> {
  for (let isEmpty = false; !isEmpty; ) {
    const statuses = await Promise.all(Array.from({ length: 8 }, () => ask(url, "bench")));
    isEmpty = statuses.includes(429);
  }
  await systemClock.sleep(leftOverMs);
}

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
