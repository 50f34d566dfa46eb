import pino from "pino";
import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { sideBySide } from "../../workers/side-by-side.ts";

type Line = { readonly what?: string };

function bench(atOnce: number) {
  const lines: Line[] = [];
  const begun: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const side = sideBySide("tick landings", atOnce, log);
  return {
    lines,
    begun,
    side,
    /** Work that is over when the returned gate opens. */
    slow: (key: string) => {
      const gate = Promise.withResolvers<void>();
      side.start(key, async () => {
        begun.push(key);
        await gate.promise;
      });
      return gate;
    },
    quick: (key: string) => side.start(key, async () => void begun.push(key)),
  };
}

test("a slow lane does not keep the others from their turns, nor begins twice (R9, Q6)", async () => {
  const { side, slow, quick, begun } = bench(2);
  const gate = slow("epic/1");
  for (const tick of [1, 2, 3]) {
    slow("epic/1");
    quick(`epic/${tick + 1}`);
  }

  await awaitFact(
    "the others ran",
    () => begun,
    ({ length }) => length === 4,
  );
  gate.resolve();
  await side.close();

  expect(begun).toEqual(["epic/1", "epic/2", "epic/3", "epic/4"]);
});

test("an epic that breaks is logged by name and starves nobody (Q6)", async () => {
  const { side, quick, begun, lines } = bench(1);
  side.start("epic/1", () => Promise.reject(new Error("a bad row")));
  quick("epic/2");

  await awaitFact(
    "the other one ran",
    () => begun,
    ({ length }) => length === 1,
  );
  await side.close();

  expect(lines).toEqual([
    expect.objectContaining({ msg: "work.broke", what: "tick landings epic/1" }),
  ]);
});

test("no more runs at once than there is room for, and closing waits for what runs", async () => {
  const { side, slow, quick, begun } = bench(2);
  const gates = [slow("epic/1"), slow("epic/2")];
  quick("epic/3");

  const closed = side.close();
  quick("epic/4");
  for (const gate of gates) gate.resolve();
  await closed;

  expect(begun).toEqual(["epic/1", "epic/2"]);
});
