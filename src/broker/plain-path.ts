// `@scope%2fname` is one name of npm's.
const SCOPED_NAME = /\/(@|%40)[^/%.][^/%]*%2f[^/%.][^/%]*(?=\/|$)/gi;
// Slashes, dots and control characters in disguise, once or twice; `..;x` is `..` to some servers.
const IN_DISGUISE = /%(25)*(2f|5c|2e|[01][0-9a-f]|7f)|(^|\/)\.+;/i;

/**
 * Whether a path means the same to whoever reads it: a registry may decode what this broker does not,
 * and so leave the place that it was checked against.
 *
 * @param path of a URL, as `URL` has it
 */
export function isPlainPath(path: string): boolean {
  return !IN_DISGUISE.test(path.replace(SCOPED_NAME, "/scoped"));
}
