import type { ProfilePart, ProfileStatus } from "../domain/profile-status.ts";
import { code } from "./parts.ts";

const maxShown = 50;

/** What each agent lives with and which layer says so, folded; nothing where there is no agent. */
export function renderProfiles(profiles: readonly ProfileStatus[]): string {
  if (profiles.length === 0) return "";
  const rows = [
    "| Agent | Model | Permissions | Harness |",
    "| - | - | - | - |",
    ...profiles.slice(0, maxShown).map(row),
  ];
  const more = profiles.length - maxShown;
  const rest = more > 0 ? `\n\nand ${more} more` : "";
  return `<details><summary>What the agents live with</summary>\n\n${rows.join("\n")}${rest}\n\n</details>`;
}

function row({ agent, parts }: ProfileStatus): string {
  const { model, permissions, harness } = parts;
  return `| ${[code(agent), ...[model, permissions, harness].map(cell)].join(" | ")} |`;
}

function cell({ value, layer, next }: ProfilePart): string {
  const now = code(value);
  return next === null ? `${now} (${layer})` : `${now}, then ${code(next)} (${layer})`;
}
