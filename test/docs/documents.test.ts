import { expect, test } from "vitest";
import { documents, readDocument } from "./documents.ts";

test.each(documents)("$path is what npm run docs:$script writes (D1)", ({ path, render }) => {
  expect(readDocument(path)).toBe(render());
});
