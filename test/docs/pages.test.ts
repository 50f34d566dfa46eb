import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { REPOSITORY } from "../support/sources.ts";
import { readDocument } from "./documents.ts";

const decisions = readdirSync(join(REPOSITORY, "docs/adr")).map((name) => `docs/adr/${name}`);
const pages = [
  ...readdirSync(REPOSITORY),
  ...readdirSync(join(REPOSITORY, "docs")).map((name) => `docs/${name}`),
  ...decisions,
].filter((path) => path.endsWith(".md"));

test("every link inside the documents leads somewhere (D1)", () => {
  const broken = pages.flatMap((page) =>
    [...readDocument(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !existsSync(join(REPOSITORY, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );

  expect(pages.length).toBeGreaterThan(10);
  expect(broken).toEqual([]);
});

test("every file and folder that the documents name is there (D1)", () => {
  const named = pages.flatMap((page) =>
    [...readDocument(page).matchAll(/`((?:src|test|workers|migrations|docs)\/[\w./-]*)`/g)].map(
      ([, path = ""]) => `${page}: ${path}`,
    ),
  );
  const missing = named.filter((entry) => {
    const path = entry.slice(entry.indexOf(": ") + 2);
    // NNNN stands for a number that the reader chooses.
    return !path.includes("NNNN") && !existsSync(join(REPOSITORY, path));
  });

  expect(named.length).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});

test("every npm script that the documents name is there (D1)", () => {
  const manifest = z.object({ scripts: z.record(z.string(), z.string()) });
  const { scripts } = manifest.parse(JSON.parse(readDocument("package.json")));
  const named = pages.flatMap((page) =>
    [...readDocument(page).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, script = ""]) => script),
  );

  expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
});

test("the architecture is a short page, and every invariant names the test that keeps it (D1)", () => {
  const page = readDocument("docs/ARCHITECTURE.md");
  const [, always = ""] = page.split("## Always true");
  const invariants = always.match(/^\d+\. .*$/gm) ?? [];

  expect(page.split("\n").length).toBeLessThan(150);
  expect(invariants.length).toBeGreaterThan(10);
  expect(invariants.filter((line) => !/`test\/[\w./-]+\.test\.ts`/.test(line))).toEqual([]);
});

test("every decision record is dated, numbered without a gap and says why (D1)", () => {
  const titles = decisions.map((path) => readDocument(path).split("\n")[0] ?? "");

  expect(titles.map((title) => Number(/^# (\d+)\. \S/.exec(title)?.[1]))).toEqual(
    decisions.map((_, index) => index + 1),
  );
  for (const path of decisions) expect(readDocument(path)).toMatch(/^\d{4}-\d\d-\d\d · \w+$/m);
  for (const path of decisions) expect(readDocument(path)).toMatch(/^## Why$/m);
});

test("the developer guide's table has every npm script, and no other (D1)", () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readDocument("package.json")));
  const guide = readDocument("docs/DEVELOPER_GUIDE.md");
  const rows = [...guide.matchAll(/^\| `npm (?:run )?([\w:-]+)` \|(.+)\|(.+)\|.*\|$/gm)];

  expect(rows.map(([, name]) => name).toSorted()).toEqual(Object.keys(scripts).toSorted());
  expect(rows.filter(([, , shows, time]) => !shows?.trim() || !time?.trim())).toEqual([]);
});
