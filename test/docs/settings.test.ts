import { expect, test } from "vitest";
import { readSettings } from "./env-example.ts";

const settings = readSettings();

test("every variable says in a sentence what it is for (D1)", () => {
  expect(settings.length).toBeGreaterThan(20);
  expect(settings.filter(({ meaning }) => !/^[A-Z].{9,}[^.]$/.test(meaning))).toEqual([]);
});

test("every number among the variables has a least and a greatest value", () => {
  const unbounded = settings.filter(
    ({ isNumber, least, most }) => isNumber && (least === null || most === null),
  );

  expect(settings.filter(({ isNumber }) => isNumber).length).toBeGreaterThan(10);
  expect(unbounded).toEqual([]);
});

test("a variable whose default is its own machine's shows no machine in the documents", () => {
  expect(settings.find(({ name }) => name === "HOST_NAME")?.fallback).toBeNull();
});
