import { expect, test } from "vitest";
import { variables } from "../../../src/config.ts";
import { productEnvironment } from "../../../src/local/demo/product-environment.ts";

const read = (environment: Readonly<Record<string, string>>) =>
  productEnvironment(environment, Object.keys(variables));

test("what a person sets about models, budgets and limits reaches the demo's product (D1, O5)", () => {
  const set = { WORKER_MODEL: "haiku", EPIC_BUDGET_USD: "3", MAX_WORKERS: "2", PLAN: "auto" };

  expect(read({ ...set, HOME: "/home/ana" })).toEqual({ handedOn: set, ignored: [] });
});

test("what the demo sets itself is named, and never handed on (D1)", () => {
  const set = { APP_ID: "1", PRIVATE_KEY_FILE: "/k", PORT: "80", DATABASE_URL_FILE: "/u" };

  expect(read(set)).toEqual({ handedOn: {}, ignored: Object.keys(set).sort(byOrder) });
});

test("another address of models counts with a key only; servers and keys go other ways (D1)", () => {
  const url = { ANTHROPIC_BASE_URL: "http://127.0.0.1:1" };

  expect(read(url)).toEqual({ handedOn: {}, ignored: ["ANTHROPIC_BASE_URL"] });
  expect(read({ ...url, ANTHROPIC_API_KEY: "k", DATABASE_URL: "postgres://x" })).toEqual({
    handedOn: url,
    ignored: [],
  });
});

/** As `.env.example` has them. */
function byOrder(a: string, b: string): number {
  const names = Object.keys(variables);
  const place = (key: string) => names.indexOf(key.replace(/_FILE$/, ""));
  return place(a) - place(b);
}
