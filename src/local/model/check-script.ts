// What a schema cannot say about a script: templates that refer to nothing, turns that can never come.
import type { Json } from "./json-lookup.ts";
import { groupNames } from "./pattern.ts";
import { type Actor, type Role, roleNames, type Script, type TurnBody } from "./script-schema.ts";
import { referencesIn } from "./template.ts";

type Path = readonly (string | number)[];
export type Mistake = { readonly path: Path; readonly message: string };
type Known = { readonly captures: readonly string[]; readonly vars: readonly string[] };

/** Every mistake found, in the order of the script. */
export function findMistakes(script: Script): readonly Mistake[] {
  return roleNames.flatMap((name) => {
    const role = script.roles[name];
    return role ? inRole(role, ["roles", name]) : [];
  });
}

function inRole(role: Role, path: Path): readonly Mistake[] {
  const actors = role.actors ?? [];
  const defaults = actors.filter(({ task, match }) => task === undefined && match === undefined);
  const names = actors.map(({ name }) => name);
  const doubled = names.findIndex((name, at) => names.indexOf(name) !== at);
  return [
    ...(defaults.length + (role.turns ? 1 : 0) > 1
      ? [{ path, message: "has more than one default actor (without task or match)" }]
      : []),
    ...(doubled === -1
      ? []
      : [{ path: [...path, "actors", doubled, "name"], message: "is another actor's name too" }]),
    ...actors.flatMap((actor, at) => inActor(actor, [...path, "actors", at])),
    ...(role.turns ? inActor({ name: "default", turns: role.turns }, path) : []),
    ...(role.otherwise ? inBody(role.otherwise, [...path, "otherwise"], nothingKnown) : []),
  ];
}

const nothingKnown: Known = { captures: [], vars: [] };

function inActor(actor: Actor, path: Path): readonly Mistake[] {
  const { turns, otherwise } = actor;
  const vars = [
    ...(actor.task === undefined ? [] : groupNames(actor.task)),
    ...turns.flatMap(({ save }) => Object.keys(save ?? {})),
  ];
  const endless = turns.findIndex(({ when, times }) => when === undefined && times === "many");
  const unreachable = endless !== -1 && endless < turns.length - 1;
  return [
    ...turns.flatMap((turn, at) => {
      const captures = (turn.when?.matches ?? []).flatMap(groupNames);
      const known = { captures, vars };
      const turnPath = [...path, "turns", at];
      return [
        ...captures.filter(isReserved).map((name) => ({
          path: [...turnPath, "when", "matches"],
          message: `a capture may not be called ${name}`,
        })),
        ...inBody(turn, turnPath, known),
        ...inValue(turn.save ?? {}, [...turnPath, "save"], known),
        ...inTests(turn.when, [...turnPath, "when"], known),
        ...inTests(turn.expect, [...turnPath, "expect"], { captures: [], vars }),
      ];
    }),
    ...(unreachable
      ? [
          {
            path: [...path, "turns", endless + 1],
            message: "can never come: the turn before it is `times: many` without `when`",
          },
        ]
      : []),
    ...(otherwise ? inBody(otherwise, [...path, "otherwise"], { captures: [], vars }) : []),
  ];
}

function isReserved(name: string): boolean {
  return name === "json" || name === "vars";
}

function inBody(body: TurnBody, path: Path, known: Known): readonly Mistake[] {
  return [
    ...inValue(body.text ?? "", [...path, "text"], known),
    ...inValue(body.think ?? "", [...path, "think"], known),
    ...inValue(body.fail ?? "", [...path, "fail"], known),
    ...(body.calls ?? []).flatMap(({ input }, at) =>
      inValue(input, [...path, "calls", at, "input"], known),
    ),
  ];
}

function inTests(
  conditions:
    | { json?: Record<string, unknown> | undefined; vars?: Record<string, unknown> | undefined }
    | undefined,
  path: Path,
  known: Known,
): readonly Mistake[] {
  const tests = [
    ...Object.entries(conditions?.json ?? {}).map(([key, test]) => ["json", key, test] as const),
    ...Object.entries(conditions?.vars ?? {}).map(([key, test]) => ["vars", key, test] as const),
  ];
  return tests.flatMap(([kind, key, test]) => {
    const texts = typeof test === "object" && test !== null ? Object.values(test) : [];
    return texts
      .filter((text) => typeof text === "string")
      .flatMap((text) => inText(text, [...path, kind, key], known));
  });
}

function inValue(value: Json, path: Path, known: Known): readonly Mistake[] {
  if (typeof value === "string") return inText(value, path, known);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    inValue(item, [...path, Array.isArray(value) ? Number(key) : key], known),
  );
}

function inText(text: string, path: Path, { captures, vars }: Known): readonly Mistake[] {
  const { references, bad } = referencesIn(text);
  return [
    ...bad.map((template) => ({
      path,
      message: `${template} is not a template (write \\{{ for a literal {{)`,
    })),
    ...references.flatMap(({ root, path: inside }) => {
      const name = inside.split(".")[0] ?? "";
      if (root === "json") return [];
      if (root === "vars")
        return vars.includes(name) ? [] : [{ path, message: `no turn saves ${name}` }];
      if (captures.includes(root)) return [];
      return [{ path, message: `{{${root}}} is no named group of this turn's when.matches` }];
    }),
  ];
}
