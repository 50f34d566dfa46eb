import { type Readable, Transform } from "node:stream";

/**
 * The same bytes, up to a limit.
 *
 * @param onExceeded called once when there are more; nothing flows from then on
 */
export function limitBody(source: Readable, maxBytes: number, onExceeded: () => void): Readable {
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        next(null, chunk);
        return;
      }
      source.unpipe(limited);
      source.resume();
      onExceeded();
    },
  });
  source.once("error", () => limited.destroy());
  return source.pipe(limited);
}
