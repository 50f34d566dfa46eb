// The strings that reach git's command line are checked here first: an object name is hexadecimal,
// a ref is a full name that `git check-ref-format` accepts. Neither can be an option or a pattern.

const objectName = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * @returns the value itself
 * @throws {Error} when it is no full object name: a caller's bug
 */
export function objectNameOf(value: string): string {
  if (objectName.test(value)) return value;
  throw new Error(`"${value.slice(0, 80)}" is no full object name`);
}

/**
 * @returns the value itself
 * @throws {Error} when it is no full ref name: a caller's bug
 */
export function refNameOf(value: string): string {
  if (isRefName(value)) return value;
  throw new Error(`"${value.slice(0, 80)}" is no full ref name`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are what git forbids
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.$/;

function isRefName(value: string): boolean {
  const components = value.split("/");
  return (
    value.length <= 1024 &&
    components.length >= 3 &&
    components[0] === "refs" &&
    !forbidden.test(value) &&
    components.every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"))
  );
}
