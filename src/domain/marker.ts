// The hidden marker: the one place where HTML comments enter what we publish. The renderer lets
// none through, so that nobody's words can carry one.

const markerAtEnd = /<!-- ff:[A-Za-z0-9_./-]+ -->\s*$/;

/** The marker of an effect as `Intent` wants it: without the comment's brackets. */
export function markerOf(outboxKey: string): string {
  if (!/^[A-Za-z0-9_./-]+$/.test(outboxKey)) {
    throw new Error(`The key of an effect cannot be a marker: ${JSON.stringify(outboxKey)}`);
  }
  return `ff:${outboxKey}`;
}

/** A rendered body with the effect's marker at its end. */
export function appendMarker(body: string, outboxKey: string): string {
  return `${body.trimEnd()}\n\n<!-- ${markerOf(outboxKey)} -->`;
}

/** True for a body that ends with a marker. People may have taken it over: it proves nothing. */
export function endsWithMarker(body: string): boolean {
  return markerAtEnd.test(body);
}

/** A rendered body with the marker that the earlier one ends with; without one it stays bare. */
export function keepMarker(body: string, earlier: string): string {
  const marker = markerAtEnd.exec(earlier)?.[0].trim();
  return marker === undefined ? body.trimEnd() : `${body.trimEnd()}\n\n${marker}`;
}
