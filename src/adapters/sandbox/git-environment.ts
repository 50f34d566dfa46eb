// Git inside a cell: one repository, named, with everything a repository can make git execute off.
const SETTINGS: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.quotePath": "false",
  "core.autocrlf": "false",
  "gc.auto": "0",
  "protocol.allow": "never",
  "submodule.recurse": "false",
  "advice.addEmbeddedRepo": "false",
};

/** The environment of git in the cells that fill and stage a tree; index and objects are private. */
export function gitEnvironment(
  gitDir: string,
  workTree: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const all = Object.entries({ ...SETTINGS, ...more });
  const settings = all.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key] as const,
    [`GIT_CONFIG_VALUE_${index}`, value] as const,
  ]);
  return {
    ...Object.fromEntries(settings),
    GIT_CONFIG_COUNT: String(all.length),
    GIT_DIR: gitDir,
    GIT_WORK_TREE: workTree,
    GIT_INDEX_FILE: "/tmp/index",
    GIT_OPTIONAL_LOCKS: "0",
  };
}
