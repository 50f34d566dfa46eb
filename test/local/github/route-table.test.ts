import { expect, test } from "vitest";
import { restRoutes } from "../../../src/local/github/routes/index.ts";
import { checkResponse, describedOperations } from "../../support/github-schema.ts";
import { SCHEMA_EXCEPTIONS } from "../../support/github-schema-exceptions.ts";
import { stripProse } from "../../support/trim-github-schemas.ts";

const named = restRoutes.map((route) => [`${route.method} ${route.template}`, route] as const);

test.each(named)("the route %s is one that GitHub describes (T1)", (_, { method, template }) => {
  expect(Object.keys(describedOperations()[template] ?? {})).toContain(method.toLowerCase());
});

test("no route is listed twice (T1)", () => {
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
});

test.each(named)("%s counts as creating content where GitHub says so (T1)", (_, route) => {
  const described = describedOperations()[route.template]?.[route.method.toLowerCase()];
  expect(route.content).toBe(described?.content);
});

test("an answer without a required field is found out (T1)", () => {
  const template = "/repos/{owner}/{repo}/labels/{name}";
  const errors = checkResponse({ method: "GET", template, status: 200, body: { id: 1 } });
  expect(errors).toContain(`GET ${template} 200:  must have required property 'name'`);
});

test("a status that GitHub does not give is found out (T1)", () => {
  const template = "/repos/{owner}/{repo}/labels/{name}";
  const errors = checkResponse({ method: "GET", template, status: 418, body: {} });
  expect(errors).toEqual([`GET ${template} 418: GitHub describes no such status`]);
});

test("at most fifteen differences from the descriptions are agreed, each with a reason (T1)", () => {
  expect(SCHEMA_EXCEPTIONS.length).toBeLessThanOrEqual(15);
  expect(SCHEMA_EXCEPTIONS.filter(({ reason }) => reason.length < 20)).toEqual([]);
});

test("the copies of the descriptions keep properties and lose prose (T1)", () => {
  const schema = {
    description: "A label",
    "x-internal": 1,
    properties: { description: { type: "string", description: "What it is for", example: "bug" } },
  };

  expect(stripProse(schema)).toEqual({ properties: { description: { type: "string" } } });
});
