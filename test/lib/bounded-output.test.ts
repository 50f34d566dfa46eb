import { expect, test } from "vitest";
import { createBoundedOutput } from "../../src/lib/bounded-output.ts";

test("what fits is kept as it came", () => {
  const output = createBoundedOutput(10);
  output.add(Buffer.from("12345"));
  output.add(Buffer.from("67890"));

  expect([output.text(), output.isCut()]).toEqual(["1234567890", false]);
});

test("what does not fit is cut in the middle, and the line there counts what is missing", () => {
  const output = createBoundedOutput(10);
  for (const digit of "abcdefghijklmnopqrstuvwxyz") output.add(Buffer.from(digit));

  expect([output.text(), output.isCut()]).toEqual(["abcde\n… 16 bytes cut …\nvwxyz", true]);
});

test("the end is right after any number of chunks of any size", () => {
  const output = createBoundedOutput(1_000);
  let all = "";
  for (let index = 0; index < 5_000; index += 1) {
    const chunk = `${index},`.repeat(1 + (index % 40));
    all += chunk;
    output.add(Buffer.from(chunk));
  }

  const lost = all.length - 1_000;
  expect(output.text()).toBe(`${all.slice(0, 500)}\n… ${lost} bytes cut …\n${all.slice(-500)}`);
});

test("a limit of nothing keeps nothing", () => {
  const output = createBoundedOutput(0);
  output.add(Buffer.from("x"));

  expect([output.text(), output.isCut()]).toEqual(["\n… 1 bytes cut …\n", true]);
});
