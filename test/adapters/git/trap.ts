import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GitWorld } from "./git-world.ts";

/** Programs that leave a marker each, and every way to have git start them. */
export type Trap = {
  readonly markers: string;
  readonly config: string;
  readonly hooks: string;
  readonly environment: Readonly<Record<string, string>>;
};

// Every setting by which git starts a program, each with a program that leaves a file of its name.
const programs: Readonly<Record<string, string>> = {
  "core.fsmonitor": "fsmonitor",
  "core.sshCommand": "ssh",
  "core.askPass": "askpass",
  "core.pager": "pager",
  "core.editor": "editor",
  "core.gitProxy": "gitproxy",
  "core.alternateRefsCommand": "alternates",
  "sequence.editor": "sequence",
  "credential.helper": "credential",
  "diff.external": "external-diff",
  "diff.evil.command": "diff-command",
  "diff.evil.textconv": "textconv",
  "filter.evil.clean": "clean",
  "filter.evil.smudge": "smudge",
  "filter.lfs.process": "process",
  "merge.evil.driver": "merge-driver",
  "gpg.program": "gpg",
  "gpg.ssh.program": "gpg-ssh",
  "uploadpack.packObjectsHook": "pack-objects",
  "alias.fetch": "!alias",
  "alias.evil": "!alias",
  "pager.diff-tree": "pager-of-diff",
  "interactive.diffFilter": "diff-filter",
  "submodule.evil.update": "!submodule",
};

const switches: Readonly<Record<string, string>> = {
  "commit.gpgSign": "true",
  "push.gpgSign": "if-asked",
  "merge.default": "evil",
  "merge.renormalize": "true",
  "submodule.recurse": "true",
  "protocol.ext.allow": "always",
  "protocol.file.allow": "always",
  "core.symlinks": "true",
};

const hookNames = [
  "post-checkout",
  "post-index-change",
  "pre-commit",
  "pre-push",
  "pre-auto-gc",
  "reference-transaction",
  "update",
];

export function setTrap({ dataDir }: GitWorld): Trap {
  const folder = join(dataDir, "..", "trap");
  const markers = join(folder, "markers");
  const hooks = join(folder, "hooks");
  for (const made of [markers, hooks, join(folder, "bin")]) mkdirSync(made, { recursive: true });
  for (const name of hookNames) writeScript(join(hooks, name), join(markers, "hook"));
  const program = (name: string): string => {
    const plain = name.replace(/^!/, "");
    const path = join(folder, "bin", plain);
    writeScript(path, join(markers, plain));
    return name.startsWith("!") ? `!${path}` : path;
  };
  const set = Object.entries(programs).map(([key, name]) => [key, program(name)] as const);
  const attributes = join(folder, "attributes");
  writeFileSync(attributes, "* merge=evil filter=evil diff=evil\n");
  const included = join(folder, "included");
  writeConfig(included, [...set, ...Object.entries(switches)]);
  const config = join(folder, "config");
  writeConfig(config, [
    ["core.repositoryformatversion", "0"],
    ["core.bare", "true"],
    ["core.hooksPath", hooks],
    ["core.attributesFile", attributes],
    ["include.path", included],
  ]);
  const environment = hostileEnvironment(folder, config, program);
  return { markers, config, hooks, environment };
}

function hostileEnvironment(
  folder: string,
  config: string,
  program: (name: string) => string,
): Record<string, string> {
  cpSync(config, join(folder, ".gitconfig"));
  mkdirSync(join(folder, "git"));
  cpSync(config, join(folder, "git/config"));
  return {
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_SYSTEM: config,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "include.path",
    GIT_CONFIG_VALUE_0: config,
    GIT_CONFIG_PARAMETERS: `'include.path=${config}'`,
    GIT_EXTERNAL_DIFF: program("env-external-diff"),
    GIT_SSH_COMMAND: program("env-ssh"),
    GIT_ASKPASS: program("env-askpass"),
    SSH_ASKPASS: program("env-ssh-askpass"),
    GIT_PAGER: program("env-pager"),
    GIT_EDITOR: program("env-editor"),
    GIT_PROXY_COMMAND: program("env-proxy"),
    GIT_TEMPLATE_DIR: folder,
    GIT_TRACE: join(folder, "markers", "env-trace"),
    GIT_OBJECT_DIRECTORY: join(folder, "objects"),
    GIT_DIR: folder,
    GIT_WORK_TREE: folder,
    GIT_INDEX_FILE: join(folder, "index"),
  };
}

function writeScript(path: string, marker: string): void {
  writeFileSync(path, `#!/bin/sh\necho ran >> '${marker}'\ntimeout 1 cat\nexit 0\n`);
  chmodSync(path, 0o755);
}

function writeConfig(path: string, values: readonly (readonly [string, string])[]): void {
  const lines = values.map(([key, value]) => {
    const [section = "", ...rest] = key.split(".");
    const name = rest.pop() ?? "";
    const head = rest.length === 0 ? `[${section}]` : `[${section} "${rest.join(".")}"]`;
    return `${head}\n\t${name} = "${value}"\n`;
  });
  writeFileSync(path, lines.join(""));
}
