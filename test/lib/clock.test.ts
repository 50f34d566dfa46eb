import { expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";

test("a sleep that is aborted rejects at once with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("stopping");

  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(reason);

  await expect(sleeping).rejects.toBe(reason);
});
