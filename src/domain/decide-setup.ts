import type { AgentKey } from "./agent.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";

const LAST_WORDS = 4_000;

/**
 * An agent has to begin without its dependencies: it is told why, once.
 *
 * @param about equal for what is no news to an agent that heard the other; short
 */
export function tellSetupFailed(
  view: EpicView,
  agent: AgentKey,
  { about, output }: { readonly about: string; readonly output: string },
): Decision {
  const notice = `dependencies of ${agent} are missing: ${about}`;
  if (view.notices.includes(notice)) return {};
  return { notices: [notice], mail: [setupFailedMail(agent, output)] };
}

function setupFailedMail(to: AgentKey, output: string): NewMail {
  const shown = output.length > LAST_WORDS ? `…${output.slice(-LAST_WORDS)}` : output;
  return {
    to,
    from: { kind: "product" },
    subject: "The dependencies could not be installed",
    body: [
      "Setting up the dependencies of your commit failed, so they are missing in your worktree,",
      "and the verification of your commit will fail the same way. If a manifest or a lock file is",
      "wrong, mend it: your next commit is set up anew. You cannot install from the network yourself.",
      `\n\n${shown}`,
    ].join(" "),
  };
}
