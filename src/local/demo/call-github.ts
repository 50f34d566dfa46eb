import { RunFailure } from "./run-failure.ts";
import type { RunState, Stage } from "./run-state.ts";

const requestLimitMs = 30_000;

/** One request to the API of the run's repository, as its person. */
export type CallGitHub = (method: string, path: string, body?: object) => Promise<unknown>;

/** Calls the local GitHub with the token of the run's person; a refusal is thrown. */
export function createCallGitHub(state: RunState, { person, repository }: Stage): CallGitHub {
  const base = `http://127.0.0.1:${state.ports.gitHub}/api/v3/repos/${repository}`;
  return async (method, path, body) => {
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
      throw new RunFailure(
        `${person.login} could not ${method} ${path}: ${response.status} ${text}`,
      );
    return text === "" ? null : JSON.parse(text);
  };
}
