import { PortError } from "../../lib/port-error.ts";
import { redactShapes } from "../../lib/redact.ts";

const LONGEST_MESSAGE = 600;

export type GitHubErrorOptions = {
  readonly retryable: boolean;
  /** GitHub's status; null when there was no answer. */
  readonly status?: number | null;
  /** When to call again at the earliest, milliseconds since 1970; null when GitHub did not say. */
  readonly retryAtMs?: number | null;
  readonly cause?: unknown;
};

/** GitHub failed, with what the adapter and the effects worker need to go on from there. */
export class GitHubError extends PortError {
  readonly status: number | null;
  readonly retryAtMs: number | null;

  constructor(message: string, { status, retryAtMs, ...options }: GitHubErrorOptions) {
    super("github", shorten(redactShapes(message)), options);
    this.status = status ?? null;
    this.retryAtMs = retryAtMs ?? null;
  }
}

/** Runs `work`; when GitHub answers one of `statuses`, returns `otherwise()` instead of throwing. */
export async function unlessStatus<Result, Other>(
  statuses: readonly number[],
  work: () => Promise<Result>,
  otherwise: (error: GitHubError) => Other | Promise<Other>,
): Promise<Result | Other> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status === null) throw error;
    if (!statuses.includes(error.status)) throw error;
    return otherwise(error);
  }
}

function shorten(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`;
}
