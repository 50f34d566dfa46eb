// Every kind of effect, killed at every point where it can be: exactly one of what it makes exists.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitHubEffect } from "../../src/domain/effect.ts";
import type { EffectResult } from "../../src/domain/effect-fact.ts";
import type { EffectContext } from "../../src/effects/context.ts";
import { gitHubEffectKinds, performGitHubEffect } from "../../src/effects/perform-github.ts";
import type { Git } from "../../src/ports/git.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import { type Death, deathAt, dyingPort, Killed } from "./dying-port.ts";
import { type Scene, scenes } from "./scenes.ts";
import { difference, see } from "./seen.ts";
import { openStreet, type Shop, type ShoppingStreet } from "./shop.ts";
import { firstTry } from "./views.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

// Settling waits for GitHub first; here it does not.
const limits = { settleAfterMs: 0 };

const writesOfGitHub: readonly (keyof GitHub)[] = [
  "createIssue",
  "addSubIssue",
  "addBlockedBy",
  "createComment",
  "updateComment",
  "pinComment",
  "react",
  "setStateLabel",
  "closeIssue",
  "updateIssue",
  "reopenIssue",
  "openPullRequest",
  "updatePullRequest",
  "markReadyForReview",
  "closePullRequest",
  "review",
  "publishCheck",
  "deleteBranch",
];
const writesOfGit: readonly (keyof Git)[] = ["push"];

/** How many calls that change something an effect makes, where it is more than one. */
const callsOf: { readonly [Kind in GitHubEffect["kind"]]?: number } = {
  settleTaskPullRequest: 2,
  deleteEpicBranch: 2,
};

test.each(gitHubEffectKinds)(
  "%s does what it says, and nothing more when it is done again (R9)",
  async (kind) => {
    const { shop, scene } = await stage(kind);
    const before = await see(shop);
    const noDeath = deathAt(-1, "before");

    const first = await performGitHubEffect(scene.effect, mortal(shop, scene, noDeath));
    const again = await performGitHubEffect(scene.effect, secondTry(shop, scene));

    expect(first.kind).toBe("done");
    expect(again).toEqual(first);
    expect(difference(before, await see(shop))).toEqual(withWholeText(scene.changes));
    expect(noDeath.calls).toBe(callsOf[kind] ?? 1);
  },
);

const deaths = gitHubEffectKinds.flatMap((kind) =>
  Array.from({ length: callsOf[kind] ?? 1 }, (_, at) => at).flatMap((at) =>
    (["before", "after"] as const).map((moment) => ({ kind, at, moment })),
  ),
);

test.each(deaths)(
  "$kind killed $moment call $at is done exactly once (R9)",
  async ({ kind, at, moment }) => {
    const { shop, scene } = await stage(kind);
    const before = await see(shop);
    const death = deathAt(at, moment);

    await expect(performGitHubEffect(scene.effect, mortal(shop, scene, death))).rejects.toThrow(
      Killed,
    );
    const result = await performGitHubEffect(scene.effect, secondTry(shop, scene));

    expect(result.kind).toBe("done");
    expect(difference(before, await see(shop))).toEqual(withWholeText(scene.changes));
  },
);

test.each(gitHubEffectKinds)(
  "%s whose replies are lost on the way is done exactly once (R9, R7)",
  async (kind) => {
    const { shop, scene } = await stage(kind);
    const before = await see(shop);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const path = "^(?!.*(access_tokens|upload-pack))";
      await shop.control.addFault({ kind: "drop-after", method, path });
    }

    const result = await performUntilAnswered(shop, scene);
    await shop.control.clearFaults();

    expect(result.kind).toBe("done");
    expect(difference(before, await see(shop))).toEqual(withWholeText(scene.changes));
  },
);

async function stage(kind: keyof typeof scenes): Promise<{ shop: Shop; scene: Scene }> {
  const shop = await street.openShop();
  return { shop, scene: await scenes[kind](shop) };
}

function secondTry(shop: Shop, scene: Scene): EffectContext {
  const triedSince = new Date(Date.now() - 1_000).toISOString();
  return firstTry(shop, scene.view, { limits, triedSince, now: new Date().toISOString() });
}

function mortal(shop: Shop, scene: Scene, death: Death): EffectContext {
  const github = dyingPort(shop.github, writesOfGitHub, death);
  const git = dyingPort(shop.git, writesOfGit, death);
  return firstTry(shop, scene.view, { limits, github, git });
}

/** Like the lane: weather is tried again, a verdict is not. */
async function performUntilAnswered(shop: Shop, scene: Scene): Promise<EffectResult> {
  for (let tries = 0; tries < 10; tries += 1) {
    const context = tries === 0 ? firstTry(shop, scene.view, { limits }) : secondTry(shop, scene);
    try {
      return await performGitHubEffect(scene.effect, context);
    } catch (error) {
      if (!(error instanceof Error && "retryable" in error && error.retryable)) throw error;
    }
  }
  throw new Error("Ten tries were not answered.");
}

/** A line may begin like the one that was expected: the rest of a sentence is the text's business. */
function withWholeText(changes: readonly string[]): readonly unknown[] {
  return changes.map((line) =>
    /comment on|review of/.test(line) ? expect.stringContaining(line) : line,
  );
}
