import { z } from "zod";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import type { CallGitHub } from "../../../src/local/demo/call-github.ts";

// A person with write permission, over GitHub's ordinary API.

const lookEveryMs = 100;
/** Generous: many agents share few processors. */
const defaultLimitMs = 180_000;
/** Of each comment that is shown where the awaited one did not come. */
const shownLength = 80;
const made = z.object({ number: z.number() });
const commentShape = z.object({
  id: z.number(),
  body: z.string(),
  user: z.object({ login: z.string(), type: z.string() }),
});
const issueShape = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  labels: z.array(z.object({ name: z.string() })),
});

export type SceneComment = z.output<typeof commentShape>;
export type SceneIssue = z.output<typeof issueShape>;

export type ScenePerson = {
  /** Opens an issue and labels it `epic`. @returns its number */
  readonly labelEpic: (title: string, body: string) => Promise<number>;
  readonly comment: (issue: number, body: string) => Promise<void>;
  readonly comments: (issue: number) => Promise<readonly SceneComment[]>;
  /**
   * Waits for a comment of the product.
   *
   * @throws {Error} at the limit (default three minutes), with what was said instead
   */
  readonly awaitComment: (issue: number, says: RegExp, limitMs?: number) => Promise<SceneComment>;
  readonly issue: (issue: number) => Promise<SceneIssue>;
  readonly closeIssue: (issue: number) => Promise<void>;
  readonly merge: (pullRequest: number) => Promise<void>;
};

/** @param call asked for at every use, as it is there once the scene plays */
export function createScenePerson(call: () => CallGitHub): ScenePerson {
  const comments = async (issue: number): Promise<readonly SceneComment[]> =>
    z.array(commentShape).parse(await call()("GET", `/issues/${issue}/comments?per_page=100`));
  return {
    labelEpic: async (title, body) => {
      const { number } = made.parse(await call()("POST", "/issues", { title, body }));
      await call()("POST", `/issues/${number}/labels`, { labels: ["epic"] });
      return number;
    },
    comment: async (issue, body) => {
      await call()("POST", `/issues/${issue}/comments`, { body });
    },
    comments,
    awaitComment: async (issue, says, limitMs = defaultLimitMs) => {
      let found: SceneComment | undefined;
      await awaitFact(
        `a comment on #${issue} says ${says}`,
        async () => {
          const all = (await comments(issue)).filter(({ user }) => user.type === "Bot");
          found = all.find(({ body }) => says.test(body));
          return all.map(({ body }) => body.slice(0, shownLength));
        },
        () => found !== undefined,
        { limitMs, everyMs: lookEveryMs },
      );
      if (!found) throw new Error(`the comment on #${issue} that says ${says} is gone again`);
      return found;
    },
    issue: async (issue) => issueShape.parse(await call()("GET", `/issues/${issue}`)),
    closeIssue: async (issue) => {
      await call()("PATCH", `/issues/${issue}`, { state: "closed" });
    },
    merge: async (pullRequest) => {
      await call()("PUT", `/pulls/${pullRequest}/merge`, { merge_method: "merge" });
    },
  };
}
