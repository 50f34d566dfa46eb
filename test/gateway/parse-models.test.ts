import { expect, test } from "vitest";
import { builtInModels, modelIdOf } from "../../src/gateway/models.ts";
import { parseModels } from "../../src/gateway/parse-models.ts";
import { costOf } from "../../src/gateway/prices.ts";
import { noUsage } from "../../src/gateway/usage.ts";

const million = 1_000_000;

function listed(file: object) {
  const list = parseModels(JSON.stringify(file), builtInModels);
  if ("problems" in list) throw new Error(list.problems.join("; "));
  return list;
}

function problems(text: string): readonly string[] {
  const list = parseModels(text, builtInModels);
  return "problems" in list ? list.problems : [];
}

test("an operator's file goes before the built-in list, with its date (G4, A6)", () => {
  const list = listed({
    asOf: "2027-01-02",
    aliases: { sonnet: "claude-sonnet-7", mine: "own-model" },
    models: {
      "own-model": { input: 1, output: 2 },
      "claude-opus-5-5": {
        ...{ input: 6, output: 30, cacheRead: 0.1 },
        above: { promptTokens: 1_000, input: 60, output: 300 },
      },
    },
  });
  const cost = (model: string, usage: object) =>
    costOf(model, { ...noUsage, ...usage }, list.prices);

  expect(list.asOf).toBe("2027-01-02");
  expect(["sonnet", "mine", "opus"].map((name) => modelIdOf(name, list))).toEqual([
    ...["claude-sonnet-7", "own-model", "claude-opus-5-5"],
  ]);
  expect(cost("own-model", { output: million })).toBeCloseTo(2);
  expect(cost("own-model", { cacheRead: million, cacheWrite1h: million })).toBeCloseTo(2.1);
  expect(cost("claude-opus-5-5", { cacheRead: 1_000 })).toBeCloseTo(0.0000001 * 1_000, 8);
  expect(cost("claude-opus-5-5", { input: million })).toBeCloseTo(60);
  expect(cost("claude-haiku-4-5", { output: million })).toBeCloseTo(5);
});

test("what is wrong with a file is told with its line and key (G4)", () => {
  const text = `{
  "asOf": "soon",
  "models": {
    "own-model": {
      "input": -1,
      "output": "two",
      "outptu": 2
    }
  }
}`;

  expect(problems(text)).toEqual([
    expect.stringMatching(/^line 2, asOf: /),
    expect.stringMatching(/^line 5, models\.own-model\.input: /),
    expect.stringMatching(/^line 6, models\.own-model\.output: /),
    expect.stringMatching(/^line 4, models\.own-model: .*outptu/),
  ]);
  expect(problems('{\n  "asOf": "2027-01-02",\n}')).toEqual([
    expect.stringMatching(/^line [23]: /),
  ]);
  expect(problems("")).toEqual([expect.stringMatching(/^line 1: /)]);
  expect(problems("[]")).toEqual([expect.stringMatching(/^line 1, the whole: /)]);
});
