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
  const full = (spent: number, likely: number, most: number) =>
    fullBudget(of(spent), { likely: of(likely), most: of(most) }, set, limits)?.level ?? null;

  expect(full(5, 2, 9)).toBeNull();
  expect(full(5, 3, 9)).toBe("attempt");
  expect(full(7, 1, 2)).toBeNull();
  expect(full(8, 1, 2)).toBe("attempt");
});

test("a life with a long conversation makes calls at once while much of its budget is left (G5)", async () => {
  const release: (() => void)[] = [];
  const held: Answer = (res, asked) => void release.push(() => usage(95_000)(res, asked));
  const provider = await startProvider([usage(95_000), held]);
  const budgets = { attempt: 22, task: 100 };
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
  // 20 of 22 are likely gone: the next would be one too many, if nothing were cached any more.
  const fourth = await ask(long);
  for (const one of release) one();

  const replies = await Promise.all([first, second, third]);
  expect([...replies, fourth].map(({ status }) => status)).toEqual([200, 200, 200, 429]);
});
