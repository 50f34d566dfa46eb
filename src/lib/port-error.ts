/** The systems outside this program that can fail on us. */
export type PortName =
  | "github"
  | "git"
  | "tmux"
  | "sandbox"
  | "model"
  | "postgres"
  | "redis"
  | "broker"
  | "harness";

export type PortErrorOptions = {
  /** True for weather (time-outs, 5xx, rate limits), false for verdicts (422, a rejected push). */
  readonly retryable: boolean;
  readonly cause?: unknown;
};

/**
 * The outside failed. Thrown by adapters and by what starts servers, nowhere else.
 *
 * @param port which outside system
 * @param message names the thing, the cause and, where a person can act, what to do. No secrets
 * @param options `retryable` decides whether a worker tries again; `cause` is the library's error
 */
export class PortError extends Error {
  override readonly name = "PortError";
  readonly port: PortName;
  readonly retryable: boolean;

  constructor(port: PortName, message: string, options: PortErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.port = port;
    this.retryable = options.retryable;
  }
}
