// The script format. docs/SCRIPTED_MODEL.md explains every key; this is what holds it.
import { z } from "zod";
import { faultSchema } from "./fault-schema.ts";
import { patternSchema, regexSchema } from "./pattern.ts";

/** One value or a list of them, always read as a list. */
function oneOrMore<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1));
}

const text = z.string().min(1);
const delayMs = z.int().min(0).max(600_000);
const variableName = z.string().regex(/^[A-Za-z_]\w*$/, "a name of letters, digits and _");

const jsonTest = z.preprocess(
  (value) => (isMapping(value) ? value : { equals: value }),
  z
    .strictObject({
      exists: z.boolean(),
      equals: z.json(),
      not: z.json(),
      contains: text,
      matches: regexSchema,
      atLeast: z.number(),
      atMost: z.number(),
    })
    .partial()
    .refine((test) => Object.keys(test).length > 0, "says nothing: give exists, equals, not …"),
);

const conditionShape = {
  contains: oneOrMore(text).optional(),
  absent: oneOrMore(text).optional(),
  matches: oneOrMore(regexSchema).optional(),
  tool: oneOrMore(text).optional(),
  error: z.boolean().optional(),
  woken: z.boolean().optional(),
  json: z.record(z.string(), jsonTest).optional(),
  vars: z.record(z.string(), jsonTest).optional(),
};

const saysSomething = (turn: { text?: unknown; calls?: unknown; fail?: unknown }): boolean =>
  turn.text !== undefined || turn.calls !== undefined || turn.fail !== undefined;
const emptyTurn = "an empty turn: give text, calls or fail";

const bodyShape = {
  text: text.optional(),
  think: text.optional(),
  calls: z
    .array(
      z.strictObject({
        tool: text,
        input: z.record(z.string(), z.json()).default({}),
        unchecked: z.boolean().default(false),
      }),
    )
    .min(1)
    .optional(),
  delayMs: delayMs.default(0),
  stop: z
    .enum(["end_turn", "max_tokens", "pause_turn", "refusal", "model_context_window_exceeded"])
    .optional(),
  fail: text.optional(),
};

const otherwiseSchema = z.strictObject(bodyShape).refine(saysSomething, emptyTurn);

const turnSchema = z
  .strictObject({
    ...bodyShape,
    name: text.optional(),
    when: z.strictObject(conditionShape).optional(),
    times: z.union([z.int().min(1), z.literal("many")], "a number from 1 on, or `many`").default(1),
    expect: z
      .strictObject({
        ...conditionShape,
        offers: oneOrMore(text).optional(),
        system: oneOrMore(text).optional(),
      })
      .optional(),
    save: z.record(variableName, z.json()).optional(),
  })
  .refine(saysSomething, emptyTurn);

const actorSchema = z.strictObject({
  name: text,
  task: patternSchema.optional(),
  match: patternSchema.optional(),
  turns: z.array(turnSchema).min(1),
  otherwise: otherwiseSchema.optional(),
});

const roleSchema = z
  .strictObject({
    match: patternSchema.optional(),
    actors: z.array(actorSchema).min(1).optional(),
    turns: z.array(turnSchema).min(1).optional(),
    otherwise: otherwiseSchema.optional(),
  })
  .refine((role) => role.actors !== undefined || role.turns !== undefined, {
    error: "has neither turns nor actors",
  });

export const limitsSchema = z
  .strictObject({
    requestsPerMinute: z.int().min(1),
    inputTokensPerMinute: z.int().min(1),
    outputTokensPerMinute: z.int().min(1),
  })
  .partial();

export const roleNames = ["supervisor", "worker", "orchestrator"] as const;

export const scriptSchema = z.strictObject({
  description: z.string().optional(),
  anchors: z.unknown().optional(),
  models: z.array(text).min(1).optional(),
  maxTurns: z.int().min(1).max(100_000).default(1_000),
  limits: limitsSchema.default({}),
  faults: z.array(faultSchema).default([]),
  otherwise: otherwiseSchema.optional(),
  roles: z
    .strictObject({
      supervisor: roleSchema.optional(),
      worker: roleSchema.optional(),
      orchestrator: roleSchema.optional(),
    })
    .refine((roles) => Object.keys(roles).length > 0, "names no role"),
});

export type Script = z.infer<typeof scriptSchema>;
export type RoleName = (typeof roleNames)[number];
export type Role = z.infer<typeof roleSchema>;
export type Actor = z.infer<typeof actorSchema>;
export type Turn = z.infer<typeof turnSchema>;
export type TurnBody = z.infer<typeof otherwiseSchema>;
export type Conditions = z.infer<z.ZodObject<typeof conditionShape>>;
export type Expectations = NonNullable<Turn["expect"]>;
export type JsonTest = z.infer<typeof jsonTest>;

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
