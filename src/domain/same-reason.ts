const longestReason = 200;

/** A reason without what differs from time to time: ids, times, sizes. A status of three digits stays. */
export function sameReason(reason: string): string {
  return reason
    .replace(/\S*\d\S*/g, (word) => (/^\d{3}$/.test(word) ? word : "…"))
    .slice(0, longestReason)
    .toWellFormed();
}
