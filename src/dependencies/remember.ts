/** More than this many are not remembered. */
const MOST = 1_000;

/** Makes a key the newest of a map, and forgets the oldest where there are too many. */
export function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
