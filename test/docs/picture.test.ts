import { expect, test } from "vitest";
import { renderPicture } from "./picture.ts";
import { readRecordedRun } from "./recorded-run.ts";

const run = readRecordedRun();

test("the picture names every task of the run with the commit it landed as (D1)", () => {
  const picture = renderPicture(run);

  expect(run.tasks.length).toBeGreaterThan(1);
  for (const { title, landedAs } of run.tasks) {
    expect(picture).toContain(title);
    expect(picture).toContain(landedAs.slice(0, 7));
  }
});

test("a title in the picture is text, whatever is in it", () => {
  const nasty = `<script>"&amp;`;

  const picture = renderPicture({ ...run, epic: { ...run.epic, title: nasty } });

  expect(picture).not.toContain("<script");
  expect(picture).toContain(`&lt;script&gt;"&amp;amp;`);
});
