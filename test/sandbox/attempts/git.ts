import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/lib/clock.ts";
import { PortError } from "../../../src/lib/port-error.ts";
import type { Attempt, Place } from "../attempt.ts";
import { runGit, shop } from "../seed-mirror.ts";
import type { Victim } from "../victim.ts";

const PACK = { maxPackBytes: 50_000_000 } as const;

/** Takes the agent's work as the product does, or as a host does that runs git in the work tree. */
async function takeWork(victim: Victim, place: Place): Promise<void> {
  if (!place.isCell) return commitCarelessly(place.worktree);
  try {
    await commitAsProduct(victim);
  } catch (error) {
    // Work that git refuses is not taken: that is an answer.
    if (!(error instanceof PortError)) throw error;
  }
}

async function commitAsProduct({ sandbox, git, worktree, base }: Victim): Promise<void> {
  const { tree, pack } = await sandbox.stage(worktree, base, PACK);
  await git.receivePack(shop, pack);
  const before = await git.treeOf(shop, base);
  const problems = await git.problemsOf(shop, tree, before);
  const message = `work\n\n${problems.length} problems\n`;
  const at = new Date().toISOString();
  const sha = await git.commitTree(shop, { tree, parents: [base], message, at });
  await git.diff(shop, { from: base, to: sha, maxBytes: 1_000_000 });
}

function commitCarelessly(folder: string): void {
  for (const args of [
    ["status"],
    ["add", "-A"],
    ["commit", "-q", "-m", "work"],
    ["log", "-p", "-1"],
    ["diff", "HEAD~1"],
    // A second tree, for whoever reviews.
    ["worktree", "add", "-q", `${folder}-review`, "HEAD"],
  ])
    try {
      runGit(folder, args);
    } catch {
      // What counts is what it ran on the way.
    }
}

/** The agent leaves something that git runs; the host takes the work. */
function runs(name: string, code: string): Attempt {
  return {
    name,
    code: () => `PATH=/usr/bin:$PATH; echo change >>README.md; ${code}`,
    after: takeWork,
  };
}

const attribute = (word: string): string => `echo '* ${word}=evil' >.gitattributes`;

/** Work trees and mirrors as traps for whoever runs git. */
export const git: readonly Attempt[] = [
  {
    name: "write the mirror",
    code: () =>
      `echo x >"$GITDIR/description" && echo BROKE; echo x >"$GITDIR/refs/heads/evil" && echo BROKE`,
  },
  runs(
    "a hook that the host would run",
    `mkdir -p "$GITDIR/hooks"; for h in pre-commit post-commit post-checkout; do printf '#!/bin/sh\\ntouch %s\\n' "$MARKER" >"$GITDIR/hooks/$h"; chmod +x "$GITDIR/hooks/$h"; done`,
  ),
  runs(
    "a hook from a folder that it names",
    `mkdir -p h; printf '#!/bin/sh\\ntouch %s\\n' "$MARKER" >h/pre-commit; chmod +x h/pre-commit; git config core.hooksPath "$PWD/h"`,
  ),
  runs("a monitor that the host would ask", `git config core.fsmonitor "touch $MARKER; false"`),
  runs(
    "a filter that the host would clean with",
    `${attribute("filter")}; git config filter.evil.clean "sh -c 'touch $MARKER; cat'"`,
  ),
  runs(
    "a filter that the host would check out with",
    `${attribute("filter")}; git config filter.evil.smudge "sh -c 'touch $MARKER; cat'"`,
  ),
  runs(
    "a text converter that the host would show with",
    `${attribute("diff")}; git config diff.evil.textconv "sh -c 'touch $MARKER; cat' --"`,
  ),
  runs(
    "an outer diff program",
    `${attribute("diff")}; git config diff.external "touch $MARKER; true"`,
  ),
  {
    name: "another repository in place of its own",
    code: () =>
      `echo change >>README.md; git init -q evil-x 2>/dev/null; mkdir -p evil-x/.git; printf '[core]\\n\\tfsmonitor = "touch %s; false"\\n' "$MARKER" >>evil-x/.git/config; rm -rf .git && mv evil-x/.git .git`,
    after: takeWork,
  },
  {
    name: "a link to a secret that the host would read",
    code: ({ secretFile }) => `rm -f src/b.txt; ln -s ${secretFile} src/b.txt`,
    proof: async ({ canary, sandbox, git, worktree, base }, place) => {
      if (!place.isCell)
        return readFileSync(join(place.worktree, "src/b.txt"), "utf8").includes(canary);
      const { tree, pack } = await sandbox.stage(worktree, base, PACK);
      await git.receivePack(shop, pack);
      const problems = await git.problemsOf(shop, tree, await git.treeOf(shop, base));
      return !problems.some(({ problem }) => problem === "symlinkOutside");
    },
  },
  {
    name: "a folder swapped for a link while the host takes the work",
    code: ({ folder }) =>
      `rm -rf src; mkdir src; echo mine >src/secret; ln -s ${folder}/data away; perl -e '
        $end=time+(-d "/run/factory" ? 6 : 30); while (time<$end && !-e "stop") { for (1..200) {
          rename "src","held"; rename "away","src"; select undef,undef,undef,0.0003;
          rename "src","away"; rename "held","src"; select undef,undef,undef,0.0003;
        } }'`,
    limitMs: 35_000,
    meanwhile: async (victim, place, isOver) => {
      while (!isOver()) {
        await takeAgain(victim, place);
        if (!place.isCell && hasCanary(victim, place))
          writeFileSync(join(place.worktree, "stop"), "");
      }
    },
    proof: async (victim, place) => hasCanary(victim, place),
  },
];

/** Files that come and go make git give up; the next time it may not. */
async function takeAgain({ sandbox, git: product, worktree, base }: Victim, place: Place) {
  try {
    if (place.isCell) {
      const { pack } = await sandbox.stage(worktree, base, PACK);
      await product.receivePack(shop, pack);
    } else {
      runGit(place.worktree, ["read-tree", "--empty"]);
      runGit(place.worktree, ["add", "-A"]);
      await systemClock.sleep(1);
    }
  } catch {
    await systemClock.sleep(1);
  }
}

function hasCanary({ canary }: Victim, { gitDir }: Place): boolean {
  const objects = [
    "--git-dir",
    gitDir,
    "cat-file",
    "--batch-all-objects",
    "--batch",
    "--unordered",
  ];
  return runGit("/", objects).includes(canary);
}
