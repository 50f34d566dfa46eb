import { expect, test } from "vitest";
import { appendMarker, markerOf } from "../../src/domain/marker.ts";

test("a marker stands at the end of the body, hidden from readers (R9)", () => {
  expect(appendMarker("All done.\n", "Zk3-_x")).toBe("All done.\n\n<!-- ff:Zk3-_x -->");
});

test.each(["", "a b", "x --> <img>", "<", "a\n"])("a key of %j cannot become a marker", (key) => {
  expect(() => markerOf(key)).toThrow(/cannot be a marker/);
});
