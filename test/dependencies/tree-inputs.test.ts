import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type InputSettings, inputsOf } from "../../src/dependencies/tree-inputs.ts";
import { setupOf } from "../../src/domain/setup.ts";
import type { FolderEntry } from "../../src/ports/git.ts";

type Files = Readonly<Record<string, string>>;

const LOCKS: InputSettings = { command: null, inputs: null, scripts: false };
const digest = (text: string): string => createHash("sha1").update(text).digest("hex");

/** Lists a tree as git does; a file that begins with "-> " is a link. */
function listed(files: Files): readonly FolderEntry[] {
  const folders = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split("/").slice(0, -1);
    for (const [index] of parts.entries()) {
      const folder = parts.slice(0, index + 1).join("/");
      folders.set(folder, `${folders.get(folder) ?? ""}${path} ${digest(text)}\n`);
    }
  }
  const entries = Object.entries(files).map(([path, text]): FolderEntry => {
    return { path, kind: text.startsWith("-> ") ? "other" : "file", sha: digest(text) };
  });
  const inside = [...folders].map(([path, text]): FolderEntry => {
    return { path, kind: "folder", sha: digest(text) };
  });
  return [...entries, ...inside];
}

async function inputs(files: Files, settings: InputSettings): Promise<readonly string[]> {
  const entries = listed(files);
  const root = entries.filter(({ path, kind }) => kind === "file" && !path.includes("/"));
  const folder = { path: "", files: root.map(({ path }) => path) };
  const setup = setupOf([folder], settings.command);
  if (setup === null) throw new Error("there is nothing to set up");
  return await inputsOf({ entries, read: async (path) => files[path] ?? null }, setup, settings);
}

const NPM = { "package.json": "{}", "package-lock.json": "lock" };
const PNPM = { "package.json": "{}", "pnpm-lock.yaml": "lock" };
const YARN = { "package.json": "{}", "yarn.lock": "lock" };
const PIP = {
  "requirements.txt":
    "a==1.0 # -r no.txt\n-r deps/more.txt\n-cbounds/all\n--constraint=low.in\n./lib[x] ; python_version > '3'\nfile:wheels/b.zip\n-r extra\n",
  "deps/more.txt": "-r deep.txt\nc",
  "deps/deep.txt": "d",
  "bounds/all": "a<2",
  "low.in": "e",
  "lib/x/y.py": "1",
  "wheels/b.zip": "zip",
  extra: "f",
};
const CARGO = { "Cargo.lock": "lock", "Cargo.toml": "" };
const GO = { "go.mod": "module shop", "go.sum": "" };

test.each<readonly [string, Files, Files]>([
  ["package-lock.json", NPM, {}],
  [".npmrc", NPM, {}],
  [".nvmrc", NPM, {}],
  ["packages/a/package.json", NPM, { "packages/a/package.json": '{"dependencies":{"b":"1"}}' }],
  ["vendor/left.tgz", NPM, {}],
  ["lib/index.js", { ...NPM, "package.json": '{"dependencies":{"lib":"file:./lib/"}}' }, {}],
  ["pnpm-workspace.yaml", PNPM, {}],
  ["patches/left.patch", PNPM, {}],
  [".yarnrc.yml", YARN, {}],
  [".yarn/releases/yarn.cjs", YARN, {}],
  ["deps/more.txt", PIP, {}],
  ["deps/deep.txt", PIP, {}],
  ["bounds/all", PIP, {}],
  ["low.in", PIP, {}],
  ["extra", PIP, {}],
  ["lib/x/y.py", PIP, {}],
  ["wheels/b.zip", PIP, {}],
  ["pyproject.toml", PIP, {}],
  [".python-version", PIP, {}],
  ["src/any.py", { "requirements.txt": "-e ." }, {}],
  [".cargo/config.toml", CARGO, {}],
  ["rust-toolchain", CARGO, {}],
  ["crates/a/Cargo.toml", CARGO, {}],
  ["go.work", GO, {}],
  ["tools/go.mod", GO, {}],
  ["helper.cjs", { ...PNPM, ".pnpmfile.cjs": "require('./helper.cjs')" }, {}],
  ["deps/base.txt", { "requirements.txt": "-r it.txt", "it.txt": "-> deps/base.txt" }, {}],
])("another %s is another setup (Q3b)", async (path, files, change) => {
  const before = await inputs({ [path]: "{}", ...files }, LOCKS);
  const after = await inputs({ ...files, [path]: "changed", ...change }, LOCKS);

  expect(after).not.toEqual(before);
});

test.each<readonly [string, Files]>([
  ["src/index.js", NPM],
  ["no.txt", PIP],
  ["README.md", { ...NPM, "package.json": '{"scripts":{"prepare":"husky"}}' }],
  ["src/main.rs", CARGO],
])("another %s is none (Q3b)", async (path, files) => {
  const before = await inputs({ ...files, [path]: "one" }, LOCKS);

  expect(await inputs({ ...files, [path]: "two" }, LOCKS)).toEqual(before);
});

test("of a manifest everything counts but what is known to install nothing (Q3b)", async () => {
  const of = async (more: object) =>
    await inputs({ ...NPM, "package.json": JSON.stringify({ name: "shop", ...more }) }, LOCKS);
  const plain = await of({});

  expect(await of({ scripts: { test: "a" }, description: "x", license: "MIT" })).toEqual(plain);
  for (const more of [
    { dependencies: { a: "1" } },
    { bin: "./a.js" },
    { catalogs: {} },
    { os: ["linux"] },
    { scripts: { postinstall: "a" } },
  ])
    expect(await of(more)).not.toEqual(plain);
  const broken = { ...NPM, "package.json": "no json" };
  expect(await inputs(broken, LOCKS)).not.toEqual(
    await inputs({ ...broken, "package.json": "none" }, LOCKS),
  );
});

test("where programs of the tree run all of it counts, unless the operator says what does (Q3b)", async () => {
  const scripted = { ...NPM, "package.json": '{"scripts":{"prepare":"make"}}', Makefile: "all:" };
  const differs = async (path: string, settings: Partial<InputSettings>): Promise<boolean> => {
    const all = { ...LOCKS, ...settings };
    const before = await inputs(scripted, all);
    return before.join() !== (await inputs({ ...scripted, [path]: "new" }, all)).join();
  };

  expect(await differs("src/a.js", { scripts: true })).toBe(true);
  expect(await differs("src/a.js", { command: "make deps" })).toBe(true);
  const named = { command: "make deps", inputs: ["Makefile", "tools/"] };
  expect(await differs("src/a.js", named)).toBe(false);
  expect(await differs("Makefile", named)).toBe(true);
  expect(await differs("sub/Makefile", named)).toBe(true);
  expect(await differs("tools/deep/x", named)).toBe(true);
  expect(await differs("package-lock.json", named)).toBe(true);
});

test.each([
  ["binding.gyp", "package.json", true],
  ["packages/a/binding.gyp", "packages/a/package.json", true],
  ["docs/binding.gyp", "package.json", false],
])(
  "%s beside %s is built while installing, where packages may run programs (Q3b)",
  async (gyp, manifest, isWhole) => {
    const files = { ...NPM, [manifest]: "{}", [gyp]: "{}", "src/a.cc": "1" };
    const differs = async (scripts: boolean): Promise<boolean> => {
      const before = await inputs(files, { ...LOCKS, scripts });
      const after = await inputs({ ...files, "src/a.cc": "2" }, { ...LOCKS, scripts });
      return before.join("\n") !== after.join("\n");
    };

    expect([await differs(true), await differs(false)]).toEqual([isWhole, false]);
  },
);
