import type { GitHubEffect } from "../../src/domain/effect.ts";
import { gitHubEffectKinds } from "../../src/effects/perform-github.ts";
import { scenes } from "../effects/scenes.ts";
import { difference, see } from "../effects/seen.ts";
import { type CrashCase, outboxProblems, queue, storeEpic } from "./staged.ts";

/** Where an effect makes more than one call that changes something. */
const callsOf: { readonly [Kind in GitHubEffect["kind"]]?: number } = {
  settleTaskPullRequest: 2,
  deleteEpicBranch: 2,
};

/** Every kind of effect on GitHub, on the stage where its own tests play. */
export const gitHubCases: readonly CrashCase[] = gitHubEffectKinds.map((kind) => ({
  name: kind,
  calls: callsOf[kind] ?? 1,
  stage: async (world) => {
    const scene = await scenes[kind](world.shop);
    const epicId = await storeEpic(world, scene.view);
    const before = await see(world.shop);
    await queue(world, epicId, scene.effect);
    return {
      epicId,
      lane: `epic/${epicId}`,
      problems: async () => {
        const changes = difference(before, await see(world.shop));
        return [...(await outboxProblems(world, epicId)), ...unexpected(scene.changes, changes)];
      },
    };
  },
}));

/** A line may go on where the expected one ends: the rest of a sentence is the text's business. */
function unexpected(expected: readonly string[], seen: readonly string[]): readonly string[] {
  const left = [...seen];
  const missing = expected.filter((line) => {
    const place = left.findIndex((other) => other.startsWith(line));
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
  return [
    ...missing.map((line) => `did not happen: ${line}`),
    ...left.map((line) => `happened once too often: ${line}`),
  ];
}
