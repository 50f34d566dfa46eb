/** How long a running server may be without its socket before it is taken for lost. */
export const LOST_SOCKET_LIMIT_MS = 1_500;

/** Whether nobody listens there: a server that is only slow accepts and says so. */
export function isSocketGone(reason: string): boolean {
  return /ENOENT|ECONNREFUSED|ENOTDIR/.test(reason);
}
