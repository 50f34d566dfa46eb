// What every git process of the host runs under. Nothing is inherited: a setting, helper or hook
// that somebody else wrote has no way in, whatever a repository or the user's home contains.

/** Where programs are looked for; the environment of the product is not consulted. */
export const defaultSearchPath = "/usr/local/bin:/usr/bin:/bin";

/**
 * The whole environment of a git process.
 *
 * @param searchPath value of PATH
 * @param extra what an installation needs to reach its remote: proxies, certificate files
 */
export function gitEnvironment(
  searchPath: string,
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    ...extra,
    PATH: searchPath,
    HOME: "/nonexistent",
    XDG_CONFIG_HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "http:https",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    // Worktrees are made file by file: the mirror keeps the layout that every git knows.
    GIT_DEFAULT_HASH: "sha1",
    GIT_DEFAULT_REF_FORMAT: "files",
  };
}

const settings: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.symlinks": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.sshCommand": "false",
  "core.askPass": "",
  "core.pager": "cat",
  "core.editor": "false",
  "core.quotePath": "true",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  // A crash of the machine must not leave an empty object behind under a name that is then trusted.
  "core.fsync": "objects,reference",
  "credential.helper": "",
  "diff.external": "",
  "gpg.program": "false",
  "gpg.ssh.program": "false",
  "gpg.x509.program": "false",
  "push.gpgSign": "false",
  "push.followTags": "false",
  "push.recurseSubmodules": "no",
  "fetch.recurseSubmodules": "false",
  "submodule.recurse": "false",
  "protocol.allow": "never",
  "protocol.ext.allow": "never",
  "protocol.file.allow": "never",
  "protocol.http.allow": "always",
  "protocol.https.allow": "always",
  "merge.default": "text",
  "merge.renormalize": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  // The token's header would follow a redirection to another host.
  "http.followRedirects": "false",
  "http.lowSpeedLimit": "1",
  "transfer.fsckObjects": "true",
};

// Cosmetic faults that old histories hold and GitHub serves; they harm nothing that reads them.
const tolerated = [
  "badDate",
  "badDateOverflow",
  "badEmail",
  "badName",
  "badTimezone",
  "missingEmail",
  "missingNameBeforeEmail",
  "missingSpaceBeforeDate",
  "missingSpaceBeforeEmail",
  "multipleAuthors",
  "zeroPaddedDate",
  "zeroPaddedFilemode",
] as const;

/** `-c` arguments that come before every command. */
export function hardenedArguments(stalledTransferMs: number): readonly string[] {
  const all = Object.entries({
    ...settings,
    "http.lowSpeedTime": String(Math.ceil(stalledTransferMs / 1000)),
  });
  return [
    ...all.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ...tolerated.flatMap((fault) => ["-c", `fetch.fsck.${fault}=ignore`]),
  ];
}
