import { expect, test } from "vitest";
import { shareLook } from "../../src/lib/share-look.ts";

const longMs = 60_000;

function counted(freshMs: number) {
  let looks = 0;
  const shared = shareLook(() => {
    looks += 1;
    return Promise.resolve(looks);
  }, freshMs);
  return { shared, looks: () => looks };
}

test("who asks while a look is under way, or fresh, gets that one (O5)", async () => {
  const { shared, looks } = counted(longMs);

  expect(await Promise.all([shared.look(), shared.look()])).toEqual([1, 1]);
  expect(await shared.look()).toBe(1);
  expect(looks()).toBe(1);
});

test("a look that is stale or forgotten is made anew (O5)", async () => {
  const stale = counted(0);
  await stale.shared.look();
  const forgotten = counted(longMs);
  await forgotten.shared.look();
  forgotten.shared.forget();

  expect(await stale.shared.look()).toBe(2);
  expect(await forgotten.shared.look()).toBe(2);
});

test("a look that fails tells all who share it, and the next one looks again (O5)", async () => {
  let fails = true;
  const shared = shareLook(
    () => (fails ? Promise.reject(new Error("no")) : Promise.resolve("seen")),
    longMs,
  );
  const both = await Promise.allSettled([shared.look(), shared.look()]);
  fails = false;

  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await shared.look()).toBe("seen");
});
