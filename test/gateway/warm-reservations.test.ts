import { expect, test } from "vitest";
import { fullBudget } from "../../src/domain/budget.ts";
import { builtInModels } from "../../src/gateway/models.ts";
import { priced } from "../../src/gateway/prices.ts";
import { reserveCall, sizeOf } from "../../src/gateway/reserve-call.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { type Answer, startGateway, startProvider } from "./support/provider.ts";

// A token of a prompt costs 100 dollars a million, 125 where it is written to the cache, 10 read from it.
const models = { ...builtInModels, prices: { "model-w": priced(100, 100, 10) } };
const call = { callId: "6b0f1a52-6d3c-4c0e-9a53-0a4a3a1d7c01", model: "model-w" };
const marked = { type: "text", text: "x".repeat(300_000), cache_control: { type: "ephemeral" } };
const long = {
  model: "model-w",
  max_tokens: 100,
  messages: [{ role: "user", content: [marked] }],
};

function reserve(body: object, cachedTokens = 0, contextTokens = 200_000) {
  const bytes = Buffer.from(JSON.stringify(body));
  const size = sizeOf({ bytes, json: body }, 16_000);
  const { likely, counted } = reserveCall(size, call, { models, cachedTokens, contextTokens });
  return { likely: Number(likely.toFixed(1)), most: Number(counted.toFixed(1)) };
}

const usage =
  (written: number): Answer =>
  (res) => {
    res.writeHead(200, { "content-type": "application/json" });
    const said = { input_tokens: 0, output_tokens: 10, cache_creation_input_tokens: written };
    res.end(JSON.stringify({ usage: said }));
  };

test("what the provider has cached of a life's prompt likely costs a read, with a margin, and at most all of it anew (G5)", () => {
  const hour = { ...marked, cache_control: { type: "ephemeral", ttl: "1h" } };
  const keptForAnHour = { ...long, messages: [{ role: "user", content: [hour] }] };
  const plain = { ...long, messages: [{ role: "user", content: "x".repeat(300_000) }] };

  expect(reserve(long)).toEqual({ likely: 12.5, most: 12.5 });
  expect(reserve(long, 100_000)).toEqual({ likely: 2.2, most: 12.5 });
  expect(reserve(keptForAnHour, 100_000)).toEqual({ likely: 2.9, most: 20 });
  expect(reserve(plain, 100_000)).toEqual({ likely: 10, most: 10 });
  // More than its window no prompt can have: the provider would refuse it.
  expect(reserve(long, 0, 40_000)).toEqual({ likely: 5, most: 5 });
});

test("what calls under way may cost at most counts from where a budget nears its end, and as far as it goes (G5)", () => {
  const limits = { attempt: 10, task: 100, epic: 100, day: 100, most: 200, warnShare: 0.8 };
  const set = { epic: null, task: null };
  const of = (attempt: number) => ({ day: null, epic: null, task: null, attempt });
  const full = (spent: number, likely: number, most: number, own = 0) =>
    fullBudget(of(spent), { likely: of(likely), most: of(most), own }, set, limits)?.level ?? null;

  expect(full(5, 2, 6)).toBeNull();
  expect(full(5, 3, 6)).toBe("attempt");
  expect(full(7, 1, 2)).toBeNull();
  expect(full(8, 1, 2)).toBe("attempt");
});

test("no call joins others with which it may end further beyond a budget than that was from its end when people were told; one alone may (G5)", () => {
  const limits = { attempt: 10, task: 100, epic: 100, day: 20, most: 200, warnShare: 0.8 };
  const set = { epic: null, task: null };
  const at = (attempt: number, day: number) => ({ day, epic: null, task: null, attempt });
  const full = (most: number, own: number, others = 0) => {
    const held = { likely: at(0, 0), most: at(most, most + others), own };
    return fullBudget(at(5, 5), held, set, limits)?.level ?? null;
  };

  expect([full(4, 3), full(4, 3.1)]).toEqual([null, "attempt"]);
  expect([full(0, 30), full(0, 9, 10), full(0, 9.1, 10)]).toEqual([null, null, "day"]);
});

test("a cell cannot make its own calls look as if they were cached (G5, S5)", () => {
  const hidden = { cache_control: { type: "ephemeral", ttl: "1h" } };
  const at = (body: object) => reserve({ ...long, messages: [], ...body }, 100_000);
  const blocks = (...content: object[]) => ({ messages: [{ role: "user", content }] });
  const filling = { type: "text", text: "x".repeat(300_000) };

  const real: object[] = [
    { system: [{ ...filling, ...hidden }] },
    { ...blocks(filling), tools: [{ name: "x", ...hidden }] },
    { ...blocks(filling), ...hidden },
    blocks({ type: "tool_result", content: [{ ...filling, ...hidden }] }),
    blocks({ type: "document", source: { type: "content", content: [filling, hidden] } }),
  ];
  const faked: object[] = [
    blocks(filling, { type: "tool_use", input: hidden }),
    blocks(filling, { type: "tool_use", input: { content: [hidden] } }),
    { ...blocks(filling), tools: [{ name: "x", input_schema: hidden }] },
    { ...blocks(filling), metadata: hidden },
  ];

  expect(real.map((body) => at(body).most)).toEqual(real.map(() => 20));
  expect(faked.map(at)).toEqual(faked.map(() => ({ likely: 10, most: 10 })));
});

test("after a call that read far less than was foreseen the life's calls hold the most for a while (G5, S5)", async () => {
  const fails: Answer = (res) => res.writeHead(400).end("{}");
  const provider = await startProvider([usage(95_000), fails, usage(95_000)]);
  const budgets = { attempt: 1_000, task: 1_000, epic: 1_000, day: 1_000 };
  const { ask, web, recorded } = await startGateway({ baseUrl: provider.url, models, budgets });
  const life = { epicId: web.epicId, agent: "worker/1", role: "worker", task: 1, life: 1 } as const;
  const cached = async () => (await web.store.modelCalls.standing(life))?.cachedTokens;
  const seen = [await cached()];

  // Nothing was foreseen of the first. The second cost nothing; the third wrote all of it again.
  for (const count of [1, 2, 3]) {
    await (await ask(long)).text();
    await awaitFact(
      "the call is booked",
      () => recorded.length,
      (calls) => calls === count,
    );
    seen.push(await cached());
  }

  expect(seen).toEqual([0, 95_000, 95_000, 0]);
});

test("a life with a long conversation makes calls at once while much of its budget is left (G5)", async () => {
  const release: (() => void)[] = [];
  const held: Answer = (res, asked) => void release.push(() => usage(95_000)(res, asked));
  const provider = await startProvider([usage(95_000), held]);
  const budgets = { attempt: 42, task: 100 };
  const { ask } = await startGateway({ baseUrl: provider.url, models, budgets });
  const under = (count: number) =>
    awaitFact(
      "the provider is asked",
      () => provider.asked.length,
      (asked) => asked === count,
    );

  // 11.9 dollars are spent. A call more is likely 2.7, at most 12.5.
  await (await ask(long)).text();
  const first = ask(long);
  await under(2);
  const second = ask(long);
  await under(3);
  const third = ask(long);
  await under(4);
  // 20 of 42 are likely gone, but at most 49.4: a fourth could end more than a fifth beyond.
  const fourth = await ask(long);
  for (const one of release) one();

  const replies = await Promise.all([first, second, third]);
  expect([...replies, fourth].map(({ status }) => status)).toEqual([200, 200, 200, 429]);
});
