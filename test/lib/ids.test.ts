import { expect, test } from "vitest";
import { randomToken, shortId } from "../../src/lib/ids.ts";

test("short ids have the asked length, differ, and suit branch, file and queue names", () => {
  const ids = Array.from({ length: 200 }, () => shortId(8));

  expect(new Set(ids).size).toBe(200);
  expect(ids.filter((id) => !/^[2-9bcdfghjkmnp-tv-z]{8}$/.test(id))).toEqual([]);
});

test("tokens are 32 random bytes in URL-safe letters", () => {
  expect(randomToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(randomToken()).not.toBe(randomToken());
});
