import { posix } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linkStaysInside } from "../../../src/adapters/git/path-name.ts";
import { defaultTreeRules, type TreeRules } from "../../../src/adapters/git/tree-rules.ts";
import type { TreeProblem } from "../../../src/ports/git.ts";
import type { Entry } from "../../support/git-http.ts";
import { inGitWorld, shop } from "./git-world.ts";

type Files = Readonly<Record<string, Entry>>;

/** What the host says about an agent's change from `before` to `after`. */
async function judged(
  before: Files,
  after: Files,
  treeRules: Partial<TreeRules> = {},
): Promise<readonly TreeProblem[]> {
  let problems: readonly TreeProblem[] = [];
  await inGitWorld(
    async ({ git, branch }) => {
      const base = branch("base", before);
      const changed = branch("changed", after);
      await git.fetch(shop);
      problems = await git.problemsOf(
        shop,
        await git.treeOf(shop, changed),
        await git.treeOf(shop, base),
      );
    },
    { treeRules },
  );
  return problems;
}

const link = (text: string): Entry => ({ mode: "120000", text });

test("an ordinary change has no problem, nor has what was there before", async () => {
  const before = { "a.txt": "1", "CLAUDE.md": "be good", escape: link("/etc"), gone: "x" };
  const after = {
    "a.txt": "2",
    "CLAUDE.md": "be good",
    escape: link("/etc"),
    "src/github/x.ts": "n",
    "docs/agents.txt": "n",
    "run.sh": { mode: "100755", text: "#!/bin/sh\n" },
    ".gitignore": "dist\n",
    "übung/日本.txt": "n",
  };

  expect(await judged(before, after)).toEqual([]);
});

test("links that leave the tree are found, those that stay are not (T10)", async () => {
  const inside = {
    "d/e/up": link("../../a.txt"),
    "d/e/root": link("../.."),
    here: link("a.txt"),
    self: link("."),
    dangling: link("not/there"),
  };
  const outside = {
    absolute: link("/etc/passwd"),
    above: link(".."),
    "d/e/above": link("../../../x"),
    // Inside by its letters, outside through the link that leads to the root.
    "d/e/detour": link("root/../../etc"),
    "by-git": link(".git/config"),
    "by-GIT": link("./.GIT/hooks"),
    newline: link("a\n"),
  };

  const problems = await judged({ "a.txt": "" }, { "a.txt": "", ...inside, ...outside });

  expect(problems).toEqual(
    Object.keys(outside)
      .sort()
      .map((path) => ({ path, problem: "symlinkOutside" })),
  );
});

test("no chain of accepted links leads out of the tree (T10)", () => {
  const name = fc.constantFrom("a", "b", "c", "..", ".");
  const steps = fc.array(name, { minLength: 1, maxLength: 5 });
  const folder = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 });
  const links = fc.array(fc.record({ folder, target: steps }), { minLength: 1, maxLength: 6 });

  fc.assert(
    fc.property(links, (candidates) => {
      const accepted = new Map<string, string>();
      for (const [index, { folder: where, target }] of candidates.entries()) {
        const path = [...where, `link${index}`].join("/");
        const via = index === 0 ? target : [`link${index - 1}`, ...target];
        for (const text of [target.join("/"), via.join("/")]) {
          if (linkStaysInside(path, text)) accepted.set(path, text);
        }
      }
      for (const path of accepted.keys()) expect(leaves(path, accepted)).toBe(false);
    }),
  );
});

/** Follows links as the kernel does; only the tree's own root counts as inside. */
function leaves(start: string, links: ReadonlyMap<string, string>): boolean {
  let at: string[] = [];
  let rest = start.split("/");
  for (let step = 0; step < 100; step += 1) {
    const [next, ...after] = rest;
    if (next === undefined) return false;
    rest = after;
    if (next === "..") {
      if (at.length === 0) return true;
      at = at.slice(0, -1);
    } else if (next !== ".") {
      const target = links.get(posix.join(...at, next));
      if (target === undefined) at = [...at, next];
      else rest = [...target.split("/"), ...rest];
    }
  }
  return false;
}

test("submodules and files that are too large are found (T10)", async () => {
  const problems = await judged(
    {
      module: { mode: "160000", sha: "1".repeat(40) },
      keep: { mode: "160000", sha: "2".repeat(40) },
    },
    {
      module: { mode: "160000", sha: "3".repeat(40) },
      keep: { mode: "160000", sha: "2".repeat(40) },
      "new/module": { mode: "160000", sha: "4".repeat(40) },
      "big.bin": "x".repeat(101),
      "fits.bin": "x".repeat(100),
    },
    { maxFileBytes: 100 },
  );

  expect(problems).toEqual([
    { path: "module", problem: "submodule" },
    { path: "new/module", problem: "submodule" },
    { path: "big.bin", problem: "tooLarge" },
  ]);
});

test("more changed paths than allowed are one problem", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [`f${index + 10}`, "x"]),
  );

  const problems = await judged({ a: "" }, { a: "", ...many }, { maxChangedPaths: 10 });

  expect(problems).toEqual([{ path: "f20", problem: "tooMany" }]);
});

const disguises: readonly string[] = [
  "CLAUDE.md",
  "claude.MD",
  "docs/AGENTS.md",
  ".github/workflows/ci.yml",
  ".GitHub/x",
  "sub/.github/x",
  ".claude/settings.json",
  ".mcp.json",
  ".husky/pre-commit",
  ".gitattributes",
  "sub/.GITATTRIBUTES",
  ".gitmodules",
  ".npmrc",
  "CODEOWNERS",
  "docs/codeowners",
  // Invisible, composed, full-width and look-alike letters; names that Windows cuts.
  ".git\u200chub/x",
  "\uff21GENTS.md",
  "CL\u0410UDE.md",
  "\u0391GENTS.md",
  "AGENT\u0455.md",
  ".npmrc.",
  ".npmrc::$DATA",
  "CODEOWNERS ",
];

test("each protected path is found in any case and disguise (T12, S12)", async () => {
  const problems = await judged(
    { a: "" },
    { a: "", ...Object.fromEntries(disguises.map((name) => [name, "x"])) },
  );

  const found = problems.filter(({ problem }) => problem === "protected");
  expect(found).toHaveLength(disguises.length);
});

test("a protected path counts when it is removed, moved away or made executable (T12, S12)", async () => {
  const problems = await judged(
    { "AGENTS.md": "x", ".npmrc": "y", ".husky/run": "z", a: "" },
    { "notes.md": "x", ".husky/run": { mode: "100755", text: "z" }, a: "" },
  );

  expect(problems).toEqual([
    { path: ".husky/run", problem: "protected" },
    { path: ".npmrc", problem: "protected" },
    { path: "AGENTS.md", problem: "protected" },
  ]);
});

test("lock files alone are protected, beside a change that may need them they are not (T12)", async () => {
  const before = { "package-lock.json": "1", "package.json": "1" };

  expect(await judged(before, { "package-lock.json": "2", "package.json": "1" })).toEqual([
    { path: "package-lock.json", problem: "protected" },
  ]);
  expect(await judged(before, { "package-lock.json": "2", "package.json": "2" })).toEqual([]);
});

test("a repository may add protected names, and have links wait for a human (S12)", async () => {
  const problems = await judged(
    { a: "" },
    { a: "", "deploy/prod.yml": "x", here: link("a") },
    { protectedNames: [...defaultTreeRules.protectedNames, "Deploy"], protectSymlinks: true },
  );

  expect(problems).toEqual([
    { path: "deploy/prod.yml", problem: "protected" },
    { path: "here", problem: "protected" },
  ]);
});

test("names that deceive a reader or a file system are found and quoted (T12, T15)", async () => {
  const bad = [
    "tab\there",
    "line\nbreak",
    "back\\slash",
    "bidi\u202egpj.exe",
    `${"n".repeat(250)}/`.repeat(5),
  ];

  const problems = await judged(
    { a: "" },
    { a: "", ...Object.fromEntries(bad.map((name) => [name.replace(/\/$/, ""), "x"])) },
  );

  expect(problems.every(({ problem }) => problem === "badName")).toBe(true);
  expect(problems.map(({ path }) => path.slice(0, 40)).sort()).toEqual([
    '"back\\\\slash"',
    '"bidi\\342\\200\\256gpj.exe"',
    '"line\\nbreak"',
    '"tab\\there"',
    "n".repeat(40),
  ]);
});
