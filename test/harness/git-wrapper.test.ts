import { expect, test } from "vitest";
import { type CellWorld, cellWorld } from "../adapters/sandbox/cell-world.ts";

// In a real cell, where git's own folder is read-only.

test("git shows every change of the work tree, new files included (G4)", async () => {
  const world = await filledWorld();

  const { output } = await world.shell(`
    echo more >> src/a.txt; rm README.md; echo new > src/new.txt; mkdir ignored; echo x > ignored/x
    git status --short; git diff --stat; git diff src/new.txt; git log --oneline --format=%s
    cd src && git status --short && git -C .. diff --name-only && git show HEAD:README.md`);

  expect(output).toContain(" D README.md\n M src/a.txt\n A src/new.txt\n");
  expect(output).toContain("3 files changed");
  expect(output).toContain("+new");
  expect(output).toContain("\nstart\n");
  expect(output).toContain(" D ../README.md\n");
  expect(output).toContain("a shop");
  expect(output).not.toContain("ignored");
  expect(output).not.toMatch(/fatal|error/);
});

test("git follows when the product has committed (G4)", async () => {
  const world = await filledWorld();
  await world.shell("echo more >> src/a.txt; git status --short");
  const { tree, pack } = await world.sandbox.stage(world.worktree, world.base, {
    maxPackBytes: 1_000_000,
  });
  world.git(["index-pack", "--stdin"], pack);
  const next = world.git(["commit-tree", tree, "-p", world.base, "-m", "second"]);
  world.git(["update-ref", "refs/heads/task", next]);

  const { output } = await world.shell("git status --short; git log --format=%s; git diff HEAD~1");

  expect(output).toMatch(/^second\nstart\ndiff --git/);
});

test.each([
  ["commit -am x", "git_commit"],
  ["-c user.name=x commit", "git_commit"],
  ["-C src commit -m 'x; rebase'", "git_commit"],
  ["cherry-pick HEAD", "git_commit"],
  ["stash", "git_commit"],
  ["rebase main", "git_rebase"],
  ["merge main", "git_rebase"],
  ["pull", "git_rebase"],
  ["fetch origin", "git_rebase"],
  ["push origin HEAD", "task_submit"],
  ["push --force", "task_submit"],
  ["checkout -b other", "git_commit"],
  ["checkout main", "git checkout -- PATH"],
  ["switch main", "task_submit"],
  ["branch -D task", "your branch is fixed"],
  ["reset --hard HEAD~1", "git checkout -- PATH"],
  ["worktree add /tmp/x", "git_commit"],
  ["gc", "kept by the factory"],
])("git %s is answered in one line that names what to do: %s (G4)", async (line, advice) => {
  const world = await filledWorld();

  const { exitCode, output } = await world.shell(`git ${line}`);

  expect(exitCode).toBe(1);
  expect(output).toMatch(/^git \S+ is not available here: [^\n]+\n$/);
  expect(output).toContain(advice);
});

test("files can be brought back, and other repositories are git's own business (G4)", async () => {
  const world = await filledWorld();

  const { output, exitCode } = await world.shell(`set -e
    echo broken > README.md; rm src/a.txt
    git checkout -- README.md; git restore src/a.txt; cat README.md src/a.txt
    git branch --show-current; git branch --list | cat
    git init -q /tmp/other; cd /tmp/other; echo x > x; git add x
    git -c user.name=a -c user.email=a@b commit -qm inside; git log --format=%s
    git clone -q /tmp/other /tmp/third; git -C /tmp/third fetch; git -C /tmp/third stash list
    git clone -q https://example.com/x || true`);

  expect(exitCode, output).toBe(0);
  expect(output).toBe(
    "a shop\none\ntask\n* task\ninside\ngit: there is no network in here; what you may use of other branches comes from your tools\n",
  );
});

async function filledWorld(): Promise<CellWorld> {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  return world;
}
