import { z } from "zod";
import { createCallGitHub } from "./call-github.ts";
import { readEpic } from "./check-inputs.ts";
import type { RunState, Stage } from "./run-state.ts";

// The demo's person: what someone with write permission does on GitHub, over its ordinary API.

const issueShape = z.object({
  number: z.number(),
  title: z.string(),
  labels: z.array(z.object({ name: z.string() })),
  /** Only a pull request has it: GitHub lists both, and the epic's has the epic's title. */
  pull_request: z.unknown().optional(),
});

const mergedShape = z.object({ merged: z.boolean() });

export type Person = {
  /** Opens the epic's issue and labels it; one that is there is taken. */
  readonly labelEpic: (epicFile: string) => Promise<number>;
  readonly comment: (issue: number, body: string) => Promise<void>;
  /** One that is merged already, in a run that was killed since, is left as it is. */
  readonly merge: (pullRequest: number) => Promise<void>;
};

export function createPerson(state: RunState, stage: Stage): Person {
  const call = createCallGitHub(state, stage);
  return {
    labelEpic: async (epicFile) => {
      const { title, body } = readEpic(epicFile);
      const open = z.array(issueShape).parse(await call("GET", "/issues?state=all&per_page=100"));
      const issue =
        open.find((one) => one.title === title && one.pull_request === undefined) ??
        issueShape.parse(await call("POST", "/issues", { title, body }));
      if (!issue.labels.some((label) => label.name === "epic"))
        await call("POST", `/issues/${issue.number}/labels`, { labels: ["epic"] });
      return issue.number;
    },
    comment: async (issue, body) => {
      await call("POST", `/issues/${issue}/comments`, { body });
    },
    merge: async (pullRequest) => {
      const { merged } = mergedShape.parse(await call("GET", `/pulls/${pullRequest}`));
      if (merged) return;
      await call("PUT", `/pulls/${pullRequest}/merge`, { merge_method: "merge" });
    },
  };
}
