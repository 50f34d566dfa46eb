import { median } from "../figure.ts";
import { guard, type Measure } from "../measure.ts";
import { agentModel, registerAgents } from "../stage/register-agents.ts";
import { startWebStage } from "../stage/start-web.ts";

// One short streamed answer, asked of the provider directly and through the gateway in turn: token,
// limits, budget, metering and the record of the call included.

const rounds = 5;

export const gatewayLatency: Measure = {
  ids: ["f-gateway"],
  what: "milliseconds that the gateway adds to a call",
  run: async ({ quick, folder }) => {
    const web = await startWebStage(folder, { events: 1, everyMs: 0 });
    try {
      const [life] = await registerAgents(web.databaseUrl, { count: 1, state: "RUNNING" });
      const ask = (url: string): Promise<number> => timed(url, life?.token ?? "");
      for (let warm = 0; warm < 30; warm += 1)
        for (const url of [web.url, web.providerUrl]) await ask(url);
      const perRound = quick ? 40 : 200;
      const added: number[] = [];
      const direct: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const through: number[] = [];
        const bare: number[] = [];
        for (let call = 0; call < perRound; call += 1) {
          bare.push(await ask(web.providerUrl));
          through.push(await ask(web.url));
        }
        added.push(median(through) - median(bare));
        direct.push(median(bare));
      }
      return [
        {
          id: "f-gateway",
          name: "gateway_added_ms",
          ours: added,
          floor: null,
          goal: { kind: "most", most: 5 },
          remark: `the same call asked directly takes ${median(direct).toFixed(2)} ms`,
        },
      ];
    } finally {
      await web.stop();
    }
  },
};

async function timed(url: string, token: string): Promise<number> {
  const startedMs = performance.now();
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
  const text = await response.text();
  guard(response.status === 200 && text.includes("message_delta"), `${response.status} ${text}`);
  return performance.now() - startedMs;
}
