/** Keeps the beginning and the end of a stream of bytes, each up to half of a limit. */
export type BoundedOutput = {
  add(chunk: Buffer): void;
  /** The text, with a line in the middle that says how much is missing. */
  text(): string;
  isCut(): boolean;
};

/** @param maxBytes of content kept; the line in the middle comes on top */
export function createBoundedOutput(maxBytes: number): BoundedOutput {
  const half = Math.floor(maxBytes / 2);
  let head = Buffer.alloc(0);
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let lostBytes = 0;
  return {
    add(chunk) {
      const toHead = chunk.subarray(0, Math.max(0, half - head.length));
      if (toHead.length > 0) head = Buffer.concat([head, toHead]);
      const rest = chunk.subarray(toHead.length);
      if (rest.length === 0) return;
      tail.push(rest);
      tailBytes += rest.length;
      // Joined only now and then, so that many small chunks stay cheap.
      if (tailBytes <= 2 * half + 65_536) return;
      const kept = Buffer.concat(tail).subarray(-half);
      lostBytes += tailBytes - kept.length;
      tail = [kept];
      tailBytes = kept.length;
    },
    text() {
      const all = Buffer.concat(tail);
      const kept = half === 0 ? Buffer.alloc(0) : all.subarray(-half);
      const lost = lostBytes + all.length - kept.length;
      const cut = lost === 0 ? "" : `\n… ${lost} bytes cut …\n`;
      return head.toString("utf8") + cut + kept.toString("utf8");
    },
    isCut: () => lostBytes + tailBytes > half,
  };
}
