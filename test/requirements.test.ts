import { expect, test } from "vitest";
import { testNamesOf } from "./support/house-rules.ts";
import { idsIn, REQUIREMENT_IDS, readRequirements } from "./support/requirements.ts";
import { readSources } from "./support/sources.ts";

const requirements = readRequirements();
const proven = new Set(readSources(["test"]).flatMap(testNamesOf).flatMap(idsIn));

test("every requirement stands on the page once, and no other does (D1)", () => {
  expect(requirements.map(({ id }) => id)).toEqual(REQUIREMENT_IDS);
});

test("a requirement is done, partial or open, and says which issue completes it (D1)", () => {
  const unclear = requirements.filter(
    ({ state }) => !/^(done|(partial|open) \([1-6]\))$/.test(state),
  );

  expect(unclear).toEqual([]);
});

test("a requirement that is done is named by a test (D1)", () => {
  const claimed = requirements.filter(({ state }) => state === "done").map(({ id }) => id);

  expect(claimed.filter((id) => !proven.has(id))).toEqual([]);
});

test("no test names a requirement that does not exist (D1)", () => {
  const known = new Set(REQUIREMENT_IDS);
  // Threats and faults have numbers, too, and tests that name them.
  const other = /^(T([1-9]|1\d|2[0-5])|F([1-9]|1\d|2[0-6]))$/;

  expect([...proven].filter((id) => !known.has(id) && !other.test(id))).toEqual([]);
});

test("ids are read from the brackets of a test's name alone (D1)", () => {
  expect(idsIn("a label from a stranger starts nothing (L1, S2a)")).toEqual(["L1", "S2a"]);
  expect(idsIn("the A4 page fits (see below)")).toEqual([]);
});
