import { z } from "zod";
import { readEpic } from "./check-inputs.ts";
import { UsageError } from "./options.ts";
import type { RunState, Stage } from "./run-state.ts";

// The demo's person: what someone with write permission does on GitHub, over its ordinary API.

const requestLimitMs = 30_000;
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
  const call = callerOf(state, stage);
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

function callerOf(state: RunState, { person, repository }: Stage) {
  const base = `http://127.0.0.1:${state.ports.gitHub}/api/v3/repos/${repository}`;
  return async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${person.token}`,
        "content-type": "application/json",
        accept: "application/vnd.github+json",
      },
      signal: AbortSignal.timeout(requestLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new UsageError(
        `${person.login} could not ${method} ${path}: ${response.status} ${text}`,
      );
    return text === "" ? null : JSON.parse(text);
  };
}
