import { expect, test } from "vitest";
import * as rules from "./support/house-rules.ts";
import { judgeImport, RULES } from "./support/import-rules.ts";
import { importsOf, readSources } from "./support/sources.ts";

const product = readSources(["src", "workers", "migrations"]);
const everything = [...product, ...readSources(["test", "bench"])];

test("the rules of the house find files to hold (D3)", () => {
  expect(product.length).toBeGreaterThan(50);
  expect(everything.filter(rules.isTest).length).toBeGreaterThan(10);
  expect(product.flatMap(importsOf).length).toBeGreaterThan(100);
});

test("imports point inwards, and every package stays in its folder (D3)", () => {
  const wrong = product.flatMap(importsOf).map(judgeImport);

  expect(wrong.filter((reason) => reason !== null)).toEqual([]);
});

test("only entry points and the stand-ins themselves import the stand-ins (D3)", () => {
  const entry = RULES[0]?.files ?? /^$/;
  const wrong = product
    .flatMap(importsOf)
    .filter(({ from, to }) => to.startsWith("src/local/") && !from.startsWith("src/local/"))
    .filter(({ from }) => !entry.test(from));

  expect(wrong).toEqual([]);
});

test.each([
  ["files stay short", rules.fileLength, everything],
  ["files are named after what they export", rules.fileName, everything],
  ["only one file reads the environment", rules.environment, everything],
  ["processes are started with lists of arguments (S3)", rules.shell, everything],
  ["things are exported by name", rules.exportsByName, everything],
  ["the product does not know the stand-ins", rules.standIns, product],
  ["a type that is asserted has a reason", rules.assertions, everything],
  ["what is exported is explained (D2)", rules.docstrings, product],
  ["every test runs, against the real thing", rules.testHabits, everything],
  ["tests are named as sentences", rules.testNames, everything],
])("the house rule holds: %s (D3)", (_rule, look, sources) => {
  expect(sources.flatMap(look)).toEqual([]);
});
