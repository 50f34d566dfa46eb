import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { validateScript } from "../../../src/local/model/parse-script.ts";
import { inWeather, parseWeather } from "../../../src/local/model/parse-weather.ts";
import { ask, start, worker } from "./start.ts";

const turns = [{ text: "Hello", times: "many" }];

test("weather comes on top of a script: its limits win, its faults come after the script's own", () => {
  const fault = { kind: "status", status: 500 };
  const script = validateScript(
    worker(turns, { limits: { requestsPerMinute: 9, inputTokensPerMinute: 5 }, faults: [fault] }),
  );
  const weather = parseWeather(
    "limits: { requestsPerMinute: 30 }\nfaults: [{ kind: cut, afterEvents: 1 }]",
    "w.yml",
  );

  const mixed = inWeather(script, weather);

  expect(mixed.limits).toEqual({ requestsPerMinute: 30, inputTokensPerMinute: 5 });
  expect(mixed.faults.map(({ kind }) => kind)).toEqual(["status", "cut"]);
});

test.each([
  ["limits: { requestsPerMinute: 0 }", "w.yml: limits.requestsPerMinute: "],
  ["faults: [{ kind: storm }]", "w.yml: faults.0.kind: "],
  ["roles: {}", "w.yml: "],
  ["a: [", "w.yml: "],
])("a mistake in it is named with its place: %s", (yaml, place) => {
  expect(() => parseWeather(yaml, "w.yml")).toThrow(place);
});

test("the demo's bad weather allows thirty calls a minute, and has all that a provider does to its clients (G3)", async () => {
  const file = join(import.meta.dirname, "../../../src/local/demo/chaos.yml");
  const { limits, faults } = parseWeather(readFileSync(file, "utf8"), file);

  expect(limits).toEqual({ requestsPerMinute: 30 });
  const kinds = faults.map((fault) => (fault.kind === "status" ? fault.status : fault.kind));
  expect(new Set(kinds)).toEqual(
    new Set([529, 429, 500, "cut", "stream-error", "invalid-json", "slow", "hang"]),
  );
});

test("a model started in bad weather limits its calls, says so in its headers, and when to come back (G2)", async () => {
  let now = 0;
  const weather = join(import.meta.dirname, "../../../src/local/demo/chaos.yml");
  const model = await start({ script: worker(turns), weatherFile: weather, now: () => now });
  const faults = await model.control("DELETE", "/faults");
  for (let calls = 0; calls < 30; calls += 1) await model.client.messages.create(ask("Hi"));

  const refused = await model.client.messages.create(ask("Hi")).catch((error: unknown) => error);
  now = 2_000;
  const { response } = await model.client.messages.create(ask("Hi")).withResponse();

  expect(faults.status).toBe(200);
  expect(refused).toMatchObject({ status: 429, headers: expect.anything() });
  expect(Object(refused).headers.get("retry-after")).toBe("2");
  expect(response.headers.get("anthropic-ratelimit-requests-limit")).toBe("30");
});
