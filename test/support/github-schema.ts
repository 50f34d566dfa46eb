// Holds what the local GitHub answers and sends against GitHub's published descriptions.

import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import { z } from "zod";
import { SCHEMA_EXCEPTIONS } from "./github-schema-exceptions.ts";
import { addTotals } from "./validation-totals.ts";

// ajv-formats is CommonJS: under Node its plugin is the default member of the default import.
const addFormats = addFormatsModule.default;

const operation = z.object({
  operationId: z.string(),
  content: z.boolean(),
  request: z.unknown(),
  responses: z.record(z.string(), z.unknown()),
});
const restFile = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  schemas: z.record(z.string(), z.unknown()),
});
const webhookFile = z.object({
  webhooks: z.record(z.string(), z.unknown()),
  schemas: z.record(z.string(), z.unknown()),
});
const recordedLine = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("response"),
    method: z.string(),
    template: z.string(),
    path: z.string(),
    status: z.number(),
    request: z.unknown(),
    body: z.unknown(),
  }),
  z.object({
    kind: z.literal("webhook"),
    event: z.string(),
    action: z.string().nullable(),
    payload: z.unknown(),
  }),
]);

/** One answer of the REST API. */
export type ResponseToCheck = {
  readonly method: string;
  /** The route's template, e.g. `/repos/{owner}/{repo}/issues`. */
  readonly template: string;
  readonly status: number;
  readonly body: unknown;
};

/** One webhook as it was sent. */
export type WebhookToCheck = {
  readonly event: string;
  readonly action: string | null;
  readonly payload: unknown;
};

// Refused before any route is reached, so no operation lists them reliably.
const ANYWHERE = new Set([400, 401, 403, 404, 500, 502, 503]);

const compiled = new Map<string, ValidateFunction>();
const ajvs = new Map<string, Ajv>();
let rest: z.infer<typeof restFile> | null = null;
let webhooks: z.infer<typeof webhookFile> | null = null;

/** GitHub's operations by template and method in lower case. */
export function describedOperations(): z.infer<typeof restFile>["paths"] {
  return restDescription().paths;
}

/** What is wrong with an answer, as sentences; nothing when it is as GitHub describes it. */
export function checkResponse(answer: ResponseToCheck): readonly string[] {
  const { method, template, status, body } = answer;
  const described = restDescription().paths[template]?.[method.toLowerCase()];
  const where = `${method} ${template} ${status}`;
  if (described === undefined) return [`${where}: GitHub describes no such operation`];
  const schema = described.responses[String(status)];
  if (schema === undefined && ANYWHERE.has(status)) {
    return check(where, body, ["rest", { $ref: "#/components/schemas/basic-error" }]);
  }
  if (schema === undefined) return [`${where}: GitHub describes no such status`];
  if (schema === null) return [];
  return check(where, body, ["rest", schema]);
}

/** What is wrong with a request's body, as sentences. */
function checkRequest(
  request: Pick<ResponseToCheck, "method" | "template" | "body">,
): readonly string[] {
  const { method, template, body } = request;
  const schema = restDescription().paths[template]?.[method.toLowerCase()]?.request ?? null;
  if (schema === null || body === null) return [];
  return check(`request ${method} ${template}`, body, ["rest", schema]);
}

/** What is wrong with a webhook's payload, as sentences. */
function checkWebhook(webhook: WebhookToCheck): readonly string[] {
  const { event, action, payload } = webhook;
  const name = (action === null ? event : `${event}-${action}`).replaceAll("_", "-");
  const schema = webhookDescription().webhooks[name];
  const where = action === null ? `webhook ${event}` : `webhook ${event}.${action}`;
  if (schema === undefined) return [`${where}: GitHub describes no such webhook`];
  return check(where, payload, ["webhooks", schema]);
}

/**
 * Validates every line of a recording (the local GitHub's `record` option) and adds to the run's totals.
 *
 * @returns how many answers and webhooks were validated, and every error once
 */
export function validateRecording(file: string): {
  readonly responses: number;
  readonly webhooks: number;
  readonly errors: readonly string[];
} {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((text) => text !== "");
  const counts = { responses: 0, webhooks: 0 };
  const errors = new Set<string>();
  for (const text of lines) {
    const line = recordedLine.parse(JSON.parse(text));
    if (line.kind === "webhook") {
      counts.webhooks += 1;
      for (const error of checkWebhook(line)) errors.add(error);
    } else if (line.template !== "unknown route") {
      counts.responses += 1;
      for (const error of checkResponse(line)) errors.add(error);
      const { method, template } = line;
      const asked = line.status < 300 ? checkRequest({ method, template, body: line.request }) : [];
      for (const error of asked) errors.add(error);
    }
  }
  addTotals(counts);
  return { ...counts, errors: [...errors] };
}

function check(where: string, value: unknown, [file, schema]: ["rest" | "webhooks", unknown]) {
  const validate = validatorOf(where, file, schema);
  if (validate(value)) return [];
  const sentences = (validate.errors ?? []).map(
    ({ instancePath, message }) =>
      `${where}: ${instancePath.replaceAll(/\/\d+/gu, "/*")} ${message}`,
  );
  return sentences.filter(
    (sentence) =>
      !SCHEMA_EXCEPTIONS.some(
        (exception) => exception.where.test(where) && exception.error.test(sentence),
      ),
  );
}

function validatorOf(where: string, file: "rest" | "webhooks", schema: unknown): ValidateFunction {
  const there = compiled.get(where);
  if (there !== undefined) return there;
  const made = ajvOf(file).compile(asSchema(convert(schema, file)));
  compiled.set(where, made);
  return made;
}

// Schemas compile when first needed: all of them at once would take many seconds.
function ajvOf(file: "rest" | "webhooks"): Ajv {
  const there = ajvs.get(file);
  if (there !== undefined) return there;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  addFormats(ajv);
  const { schemas } = file === "rest" ? restDescription() : webhookDescription();
  ajv.addSchema(asSchema({ $id: file, schemas: convert({ properties: schemas }, file) }));
  ajvs.set(file, ajv);
  return ajv;
}

// OpenAPI 3.0 to JSON Schema: `nullable` becomes a choice; `oneOf` becomes `anyOf`, because GitHub's
// alternatives overlap; references lead to the one big schema.
function convert(value: unknown, file: string): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, file));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const nullable = entries.some(([key, item]) => key === "nullable" && item === true);
  const converted = Object.fromEntries(
    entries
      .filter(([key]) => key !== "nullable" && key !== "discriminator")
      .map(([key, item]) => [key === "oneOf" ? "anyOf" : key, convertMember(key, item, file)]),
  );
  return nullable ? { anyOf: [converted, { type: "null" }] } : converted;
}

function convertMember(key: string, item: unknown, file: string): unknown {
  if (key === "$ref") {
    return String(item).replace("#/components/schemas/", `${file}#/schemas/properties/`);
  }
  if (key !== "properties" || typeof item !== "object" || item === null) return convert(item, file);
  // Under `properties` the keys are names of properties, which may be called `nullable`.
  return Object.fromEntries(
    Object.entries(item).map(([name, schema]) => [name, convert(schema, file)]),
  );
}

function restDescription(): z.infer<typeof restFile> {
  rest ??= restFile.parse(readFixture("rest.json"));
  return rest;
}

function webhookDescription(): z.infer<typeof webhookFile> {
  webhooks ??= webhookFile.parse(readFixture("webhooks.json"));
  return webhooks;
}

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/github/${name}`, import.meta.url), "utf8"));
}

function asSchema(value: unknown): Record<string, unknown> {
  // Schemas are objects throughout these files; ajv itself refuses what is none.
  return value as Record<string, unknown>;
}
