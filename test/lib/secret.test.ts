import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../src/lib/secret.ts";

test("a secret prints as [secret] wherever it is printed, and is revealed only on request (S11)", () => {
  const secret = new Secret("hunter2-canary");

  const printed = [
    `${secret}`,
    `${[secret]}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 5 }),
    JSON.stringify(Object.entries(secret)),
  ];

  expect(printed.join("\n")).not.toContain("canary");
  expect(printed[3]).toBe('{"secret":"[secret]"}');
  expect(secret.reveal()).toBe("hunter2-canary");
});
