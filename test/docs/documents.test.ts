import { expect, test } from "vitest";
import { documents, readDocument } from "./documents.ts";

test.each(documents)("$path is what npm run docs:$script writes (D1)", async (document) => {
  expect(readDocument(document.path)).toBe(await document.render());
});
