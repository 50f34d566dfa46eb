import { expect, test } from "vitest";
import { parseScript, ScriptError } from "../../../src/local/model/parse-script.ts";

function mistakesIn(yaml: string): readonly string[] {
  try {
    parseScript(yaml, "script.yml");
    return [];
  } catch (error) {
    if (error instanceof ScriptError) return error.message.split("\n");
    throw error;
  }
}

test("every mistake is named with file, line and key", () => {
  const yaml = `
roles:
  worker:
    turns:
      - text: fine
      - txt: typo
      - calls:
          - tool: 7
            input: { a: 1 }
      - text: x
        times: often
        when:
          json:
            items.0: { is: 3 }
          matches: "(unclosed"
        save: { "bad name": 1 }
  boss: {}
`;
  expect(mistakesIn(yaml)).toEqual([
    "script.yml:6: roles.worker.turns[1].txt: is not a known key",
    "script.yml:6: roles.worker.turns[1]: an empty turn: give text, calls or fail",
    "script.yml:8: roles.worker.turns[2].calls[0].tool: expected string, received number",
    "script.yml:11: roles.worker.turns[3].times: a number from 1 on, or `many`",
    "script.yml:14: roles.worker.turns[3].when.json.items.0.is: is not a known key",
    "script.yml:14: roles.worker.turns[3].when.json.items.0: says nothing: give exists, equals, not …",
    "script.yml:15: roles.worker.turns[3].when.matches[0]: Invalid regular expression: /(unclosed/: Unterminated group",
    "script.yml:16: roles.worker.turns[3].save.bad name: a name of letters, digits and _",
    "script.yml:17: roles.boss: is not a known key",
  ]);
});

test.each([
  ["", ["script.yml:1: expected object, received null"]],
  ["roles: {}", ["script.yml:1: roles: names no role"]],
  [
    "a: 1\nroles: [",
    [
      "script.yml:2: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  ],
  [
    "roles:\n  worker:\n    turns: *gone",
    ["script.yml: Unresolved alias (the anchor must be set before the alias): gone"],
  ],
  ["roles:\n  worker: {}", ["script.yml:2: roles.worker: has neither turns nor actors"]],
  [
    "roles:\n  worker:\n    turns:\n      - times: 2",
    ["script.yml:4: roles.worker.turns[0]: an empty turn: give text, calls or fail"],
  ],
  [
    "roles:\n  worker:\n    turns:\n      - calls:\n          - input: {}",
    ["script.yml:5: roles.worker.turns[0].calls[0].tool: is missing"],
  ],
  [
    "faults:\n  - kind: fire\nroles: { worker: { turns: [{ text: x }] } }",
    [
      "script.yml:2: faults[0].kind: Invalid discriminator value. Expected 'status' | 'cut' | 'stream-error' | 'slow' | 'hang' | 'invalid-json'",
    ],
  ],
])("%j is refused", (yaml, mistakes) => {
  expect(mistakesIn(yaml)).toEqual(mistakes);
});

test("templates that refer to nothing, and turns that can never come, are refused before the start", () => {
  const yaml = `
roles:
  worker:
    actors:
      - name: a
        task: "/task (?<n>\\\\d+)/"
        turns:
          - when: { matches: "(?<head>\\\\w+)" }
            save: { h: "{{head}}" }
            text: "{{head}} {{vars.h}} {{vars.n}} {{json.x.y}} \\\\{{ literal"
          - text: "{{head}}"
          - calls: [{ tool: t, input: { deep: ["{{vars.gone}}"] } }]
          - text: "{{ not one }}"
          - text: for ever
            times: many
          - text: never
      - name: a
        turns: [{ text: x }]
    turns: [{ text: y }]
`;
  expect(mistakesIn(yaml)).toEqual([
    "script.yml:3: roles.worker: has more than one default actor (without task or match)",
    "script.yml:11: roles.worker.actors[0].turns[1].text: {{head}} is no named group of this turn's when.matches",
    "script.yml:12: roles.worker.actors[0].turns[2].calls[0].input.deep[0]: no turn saves gone",
    "script.yml:13: roles.worker.actors[0].turns[3].text: {{ not one }} is not a template (write \\{{ for a literal {{)",
    "script.yml:16: roles.worker.actors[0].turns[5]: can never come: the turn before it is `times: many` without `when`",
    "script.yml:17: roles.worker.actors[1].name: is another actor's name too",
  ]);
});

test("anchors and merge keys save repetition", () => {
  const yaml = `
anchors:
  look: &look { times: many, calls: [{ tool: look }] }
roles:
  worker:
    turns:
      - { <<: *look, when: { woken: true } }
      - { <<: *look, when: { contains: x } }
`;
  const turns = parseScript(yaml, "s.yml").roles.worker?.turns;
  expect(turns?.map(({ calls }) => calls?.[0]?.tool)).toEqual(["look", "look"]);
});
