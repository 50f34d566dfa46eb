import { expect, test } from "vitest";
import { createLogRefusal } from "../../src/broker/log-refusals.ts";

test("a token that stands where a logged path is cut is not told in parts (S5)", () => {
  const urls: string[] = [];
  const log = createLogRefusal(
    (_event, facts) => {
      if ("url" in facts) urls.push(String(facts.url));
    },
    () => 0,
  );
  const token = `ghp_${"a1B2".repeat(9)}`;
  const tell = (url: string) =>
    log("life", { method: "GET", url }, { event: "refused", status: 403, why: "not listed" });

  for (const length of [280, 290, 299]) tell(`/${"p".repeat(length)}/${token}/rest`);
  tell(`/${"x".repeat(100_000)}${token}`);
  tell("/short");

  expect(urls.map((url) => url.length)).toEqual([297, 300, 300, 300, 6]);
  expect(urls.filter((url) => /ghp_/.test(url))).toEqual([]);
});
