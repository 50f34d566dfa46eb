import { expect, test } from "vitest";
import { defaultRestartRules as rules } from "../../src/domain/restarts.ts";
import { endOf } from "../../src/host/end-of-life.ts";
import type { SessionInfo } from "../../src/ports/host.ts";

function end(session: Partial<SessionInfo> | null, screen = "", more: object = {}) {
  const dead = { name: "w", dead: true, exitCode: null, signal: null };
  const remains = { screen, ageMs: 5_000, weatherBefore: 0, heldForMs: null, ...more };
  return endOf({ ...remains, session: session && { ...dead, ...session } }, rules).end;
}

test("every exit code of a life means something else for its agent (R2, G3)", () => {
  expect(end({ exitCode: 0 })).toEqual({ how: "asleep" });
  expect(end({ exitCode: 3 }, "exit 3: a newer life")).toEqual({
    how: "fenced",
    reason: "it was turned away: a newer life",
    before: 0,
    heldForMs: null,
  });
  expect(
    end({ exitCode: 4 }, "▲ exit 4: 429 slow down\n\n", { weatherBefore: 2, heldForMs: 17_000 }),
  ).toEqual({
    how: "weather",
    reason: "it gave up waiting: 429 slow down",
    before: 2,
    heldForMs: 17_000,
  });
  expect(end({ exitCode: 7 }, "exit 7: claude 1.0 is too old: npm i -g x")).toEqual({
    how: "unable",
    reason: "its program is missing or too old: claude 1.0 is too old: npm i -g x",
  });
  for (const [exitCode, words] of [
    [1, "it ended with exit code 1"],
    [2, "it ended with exit code 2"],
    [5, "it reached its limit of turns"],
    [6, "it went round in circles"],
    [70, "it ended with exit code 70"],
  ] as const)
    expect(end({ exitCode })).toMatchObject({ how: "crashed", reason: words, ageMs: 5_000 });
});

test("signals are named, and so is a want of memory (R3, F25)", () => {
  const reasons = [
    end({ signal: 9 }),
    end({ exitCode: 137 }),
    end({ exitCode: 137 }, "cell: out of memory\n"),
    end({ exitCode: 143 }),
    end(null),
  ];

  expect(reasons).toMatchObject([
    { how: "crashed", reason: "it was ended by signal 9 (SIGKILL)" },
    { how: "crashed", reason: "it was ended by signal 9 (SIGKILL)" },
    {
      how: "crashed",
      reason: "it ran out of the memory its cell may use, and was killed",
      lastScreen: "cell: out of memory\n",
    },
    { how: "crashed", reason: "it was ended by signal 15 (SIGTERM)" },
    { how: "crashed", reason: "its process was gone" },
  ]);
});

test("a life that lasted begins the waits for weather anew (G3)", () => {
  const lasted = { weatherBefore: 5, ageMs: rules.longestWeatherWaitMs + 1 };

  expect(end({ exitCode: 4 }, "", lasted)).toMatchObject({ how: "weather", before: 0 });
});
