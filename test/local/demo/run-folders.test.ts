import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkInputs } from "../../../src/local/demo/check-inputs.ts";
import { readOptions } from "../../../src/local/demo/options.ts";
import { provideState, takeRunFolders } from "../../../src/local/demo/run-folders.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const isNamed = true;

test("a folder with anything that no demo made is refused, and nothing of it changes (L1, D2)", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "mine.txt"), "mine");
  chmodSync(folder, 0o750);

  await expect(takeRunFolders(folder, { isNamed })).rejects.toThrow(
    /--data .*: holds things that no demo made \(mine\.txt, for one\).*name a new or an empty one/,
  );

  expect(readdirSync(folder)).toEqual(["mine.txt"]);
  expect(statSync(folder).mode & 0o777).toBe(0o750);
});

test("a resume where there is nothing of ours is refused in the same way (L1, R9)", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".git"));

  await expect(takeRunFolders(folder, { isNamed })).rejects.toThrow(/\.git, for one/);
  expect(readdirSync(folder)).toEqual([".git"]);
});

test.each([
  ["new", (folder: string) => join(folder, "new")],
  ["empty", (folder: string) => folder],
])("a %s folder is taken, and emptied by the next run (L1)", async (_, nameIn) => {
  const folder = nameIn(temporaryFolder());
  const first = await takeRunFolders(folder, { isNamed });
  writeFileSync(join(folder, "of-the-first-run"), "");
  first.release();

  const second = await takeRunFolders(folder, { isNamed });
  await provideState({ resume: false, weather: null }, second.folders, () => {});
  second.release();

  expect(existsSync(join(folder, "of-the-first-run"))).toBe(false);
  expect(existsSync(join(folder, "run.json"))).toBe(true);
});

test("the folder that people do not name is ours, whatever is in it (L1)", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "of-an-older-version"), "");

  const taken = await takeRunFolders(folder, { isNamed: false });

  expect(taken.folders.data).toBe(folder);
  taken.release();
});

test.each([["--data"], ["--script"]])(
  "an empty %s is a mistake, not this folder (L1)",
  (option) => {
    expect(() => readOptions([option, ""])).toThrow(`${option}: needs`);
  },
);

test("a --repo that is no repository is refused before anything starts (L1)", async () => {
  const folder = temporaryFolder();
  const options = readOptions(["--repo", folder, "--script", import.meta.filename]);

  expect(() => options && checkInputs(options)).toThrow(`--repo ${folder}: is no git repository`);
});

test("a resumed run goes on in its own weather, and another one is a mistake (R9, G3)", async () => {
  const say = (): void => {};
  const { folders, release } = await takeRunFolders(temporaryFolder(), { isNamed });
  const chaos = "/chaos.yml";
  await provideState({ resume: false, weather: chaos }, folders, say);

  expect((await provideState({ resume: true, weather: null }, folders, say)).weather).toBe(chaos);
  await provideState({ resume: false, weather: null }, folders, say);
  await expect(provideState({ resume: true, weather: chaos }, folders, say)).rejects.toThrow(
    "--resume --chaos-model: that run is in good weather",
  );
  release();
});
