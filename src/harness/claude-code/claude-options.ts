import type { LifeLimits, LifeStart } from "../factory-api.ts";

// How Claude Code is started. Everything that could reach a person, a terminal, the network or the
// repository's own configuration is off; what the factory's rules say is on.

/** Built-in tools of whoever has a work tree. The others have the product's tools alone. */
const BUILT_IN_TOOLS = ["Bash", "Read", "Edit", "Write", "Grep", "Glob"] as const;

// Refused even if a later version brings one in unasked: they reach the network past the broker,
// wait for a person, or start agents that nobody's limits count.
const NEVER = [
  ...["WebFetch", "WebSearch", "AskUserQuestion", "Agent", "Task", "EnterPlanMode", "ExitPlanMode"],
  ...["CronCreate", "ScheduleWakeup", "Workflow", "SendUserMessage", "RemoteTrigger"],
] as const;

/** How Claude Code names the product's tools. */
export const PRODUCT_TOOLS = "mcp__factory";

/** Ends the prompt of a role: the same bytes for every life of it. */
const NAMES_OF_TOOLS = `
## Names
Where a tool of the factory is named here or in a message, call it with \`${PRODUCT_TOOLS}__\` before its name: \`${PRODUCT_TOOLS}__log_decision\`.
`;

export type ClaudeFiles = {
  readonly mcpConfig: string;
  readonly prompt: string;
  readonly settings: string;
};

/** What is said instead of a role's own words alone. */
export function promptOf({ system }: Pick<LifeStart, "system">): string {
  return `${system.trimEnd()}\n${NAMES_OF_TOOLS}`;
}

/** No lines of its own in what it writes, nothing kept for long. */
export const CLAUDE_SETTINGS = {
  attribution: { commit: "", pr: "" },
  includeCoAuthoredBy: false,
  cleanupPeriodDays: 1,
} as const;

/** The one server of tools; the relay proves the life, so there is nothing secret in it. */
export function mcpConfigOf(relayUrl: string): object {
  return { mcpServers: { factory: { type: "http", url: `${relayUrl}/mcp` } } };
}

export type ClaudeSession = {
  readonly id: string;
  /** Whether its file is there to go on from. */
  readonly isOld: boolean;
};

/**
 * The arguments of Claude Code, the program itself left out.
 *
 * @param hasWorktree whether there is something for the built-in tools to work on
 */
export function claudeArgv(
  model: string,
  hasWorktree: boolean,
  session: ClaudeSession,
  files: ClaudeFiles,
): readonly string[] {
  const builtIn: readonly string[] = hasWorktree ? BUILT_IN_TOOLS : [];
  return [
    ...["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"],
    ...["--include-partial-messages", "--model", model, "--system-prompt-file", files.prompt],
    // Rendered anew from the file, so that a role's prompt is one text for all its lives.
    ...["--system-prompt-snapshot", "off"],
    // Of the repository and the home nothing is read: no settings, hooks, servers, skills.
    ...["--setting-sources", "", "--settings", files.settings, "--disable-slash-commands"],
    ...["--mcp-config", files.mcpConfig, "--strict-mcp-config"],
    // Nobody is there to be asked: what is not allowed is refused.
    ...["--permission-mode", "dontAsk", "--tools", builtIn.join(",")],
    ...["--allowedTools", [...builtIn, PRODUCT_TOOLS].join(",")],
    ...["--disallowedTools", NEVER.join(",")],
    ...[session.isOld ? "--resume" : "--session-id", session.id],
  ];
}

export type ClaudeEnvironment = Readonly<Record<string, string>>;

/**
 * Variables on top of the cell's, none of them secret.
 *
 * @param retries of a model request that met weather, by Claude Code itself
 */
export function claudeEnvironment(
  relayUrl: string,
  start: Pick<LifeStart, "model" | "maxTokens">,
  limits: LifeLimits,
  retries: number,
): ClaudeEnvironment {
  return {
    ANTHROPIC_BASE_URL: relayUrl,
    // The relay replaces it by the life's own.
    ANTHROPIC_AUTH_TOKEN: "in-cell",
    // Whatever it would ask a small model goes to the agent's own, which alone is allowed.
    ANTHROPIC_DEFAULT_HAIKU_MODEL: start.model,
    ANTHROPIC_SMALL_FAST_MODEL: start.model,
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(start.maxTokens),
    CLAUDE_CODE_MAX_RETRIES: String(retries),
    API_TIMEOUT_MS: String(limits.answerMs),
    // A second, unstreamed try would be paid twice and seen by nobody.
    CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: "1",
    BASH_DEFAULT_TIMEOUT_MS: String(limits.toolTimeoutMs),
    BASH_MAX_TIMEOUT_MS: String(limits.toolTimeoutMs),
    BASH_MAX_OUTPUT_LENGTH: String(limits.toolOutputBytes),
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
    SHELL: "/bin/bash",
    ...QUIET,
  };
}

const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
  CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS: "1",
  CLAUDE_CODE_DISABLE_FILE_CHECKPOINTING: "1",
  CLAUDE_CODE_DISABLE_TERMINAL_TITLE: "1",
  // A header in the prompt that differs by conversation would spoil the cache between them.
  CLAUDE_CODE_ATTRIBUTION_HEADER: "0",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_AUTOUPDATER: "1",
  ENABLE_TOOL_SEARCH: "false",
} as const;
