import { expect, onTestFinished, test } from "vitest";
import { describeWeather, judgeWeather } from "../../../src/local/demo/model-weather.ts";
import { readOptions } from "../../../src/local/demo/options.ts";

const weather = {
  calls: 57,
  answered: 39,
  limited: 3,
  faults: { "529": 6, cut: 2 },
  lostAnswers: 2,
  neverStruck: [],
};

test("bad weather that came and cost no life is fine, and is told (G3)", () => {
  expect(judgeWeather(weather, 0)).toBeNull();
  expect(describeWeather(weather)).toBe(
    "The model's weather: 57 calls, 39 answered in full, 3 beyond the limit; 6 × 529, 2 × cut",
  );
});

test("weather that never came proves nothing, and a life it cost is one too many (G3)", () => {
  expect(judgeWeather({ ...weather, neverStruck: ["cut"] }, 0)).toContain("never struck by");
  expect(judgeWeather(weather, 1)).toContain("1 lives crashed");
});

test("only the scripted model can have bad weather", () => {
  const key = process.env["ANTHROPIC_API_KEY"];
  onTestFinished(() => {
    if (key === undefined) delete process.env["ANTHROPIC_API_KEY"];
    else process.env["ANTHROPIC_API_KEY"] = key;
  });
  delete process.env["ANTHROPIC_API_KEY"];
  expect(readOptions(["--chaos-model"])?.weather).toMatch(/chaos\.yml$/);
  expect(readOptions([])?.weather).toBeNull();
  process.env["ANTHROPIC_API_KEY"] = "k";
  expect(() => readOptions(["--chaos-model"])).toThrow("unset ANTHROPIC_API_KEY");
});
