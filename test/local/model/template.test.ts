import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonIn, lookUp, sameJson } from "../../../src/local/model/json-lookup.ts";
import { fill, fillString } from "../../../src/local/model/template.ts";

const scope = {
  captures: { task: "2", blank: " " },
  json: { items: [{ task: 7, tags: ["a", "b"] }], empty: null },
  vars: { name: "Ada" },
};

test.each([
  ["{{task}}", "2"],
  ["{{ task | number }}", 2],
  ["{{json.items.0.task}}", 7],
  ["{{json.items.-1.tags.length}}", 2],
  ["{{json.items.0.tags}}", ["a", "b"]],
  ["{{json.items.0.tags | json}}", '["a","b"]'],
  ["{{json.empty}}", null],
  ["task {{task}} of {{vars.name}}: {{json.items.0.tags}}", 'task 2 of Ada: ["a","b"]'],
  ["\\{{task}} stays, {{task}} does not", "{{task}} stays, 2 does not"],
  ["\\{{", "{{"],
  ["no template", "no template"],
])("%j is filled with %j", (template, value) => {
  expect(fill(template, scope)).toEqual({ ok: true, value });
});

test.each([
  ["{{gone}}", "{{gone}} has no value here"],
  ["{{json.items.3.task}}", "{{json.items.3.task}} has no value here"],
  ["x {{vars.x}}", "{{vars.x}} has no value here"],
  ["{{vars.name | number}}", '{{vars.name | number}}: "Ada" is not a number'],
  ["{{blank | number}}", '{{blank | number}}: " " is not a number'],
  ["{{task.length}}", "{{task.length}} has no value here"],
])("%j says what is missing", (template, missing) => {
  expect(fill({ deep: [template] }, scope)).toEqual({ ok: false, missing });
});

test("text without braces is left as it is, and escaped text comes out as it was", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes("{{"));
      expect(fillString(text, scope)).toEqual({ ok: true, value: text });
    }),
  );
});

test("JSON is found alone, and between words", () => {
  expect(jsonIn('{"a":1}')).toEqual({ a: 1 });
  expect(jsonIn('[mail] queue:\n{"a":[1]}\nend')).toEqual({ a: [1] });
  expect(jsonIn("items: [1, 2].")).toEqual([1, 2]);
  expect(jsonIn("7")).toBe(7);
  expect(jsonIn("none {here}")).toBeUndefined();
});

test("paths lead into what is there, and never into what every object inherits", () => {
  expect(lookUp({ a: [{ b: 1 }] }, "a.0.b")).toBe(1);
  expect(lookUp({ a: [] }, "a.length")).toBe(0);
  expect(lookUp({}, "constructor")).toBeUndefined();
  expect(lookUp([1], "one")).toBeUndefined();
  expect(lookUp(undefined, "a")).toBeUndefined();
});

test("equal JSON is equal whatever the order of its keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      // fast-check's JsonValue is JSON under another name.
      expect(
        sameJson(JSON.parse(JSON.stringify(value)), JSON.parse(JSON.stringify(reversed))),
      ).toBe(true);
    }),
  );
  expect(sameJson({ a: 1 }, { a: 2 })).toBe(false);
});
