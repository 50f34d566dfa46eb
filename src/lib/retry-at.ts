/**
 * When a failed port asks to be called again, where it said so.
 *
 * @param error anything thrown
 * @returns `retryAtMs` of the error, milliseconds since 1970; null when it carries none
 */
export function retryAtOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("retryAtMs" in error)) return null;
  return typeof error.retryAtMs === "number" ? error.retryAtMs : null;
}
