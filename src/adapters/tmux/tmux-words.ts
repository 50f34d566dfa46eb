// What tmux does to the words of its command line, undone: a last `;` ends a command, one single
// argument is given to a shell, and a pipe's command is expanded like a format.

/** Keeps an argument that ends in `;` one argument. */
export function escapeArgument(argument: string): string {
  return argument.endsWith(";") ? `${argument.slice(0, -1)}\\;` : argument;
}

/**
 * The arguments of a pane, in a clean environment: tmux adds its socket's path to it. Always more
 * than one word, because tmux gives a single one to a shell.
 */
export function paneArgv(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return ["/usr/bin/env", "-i", ...variables, ...argv];
}

/**
 * The command that keeps a pane's output in a file, up to a size. `dd` writes what it reads at
 * once, so the file is never behind. tmux knows pipes as shell lines only; the path is quoted for
 * the shell and for tmux's own formats and dates.
 */
export function logCommand(logFile: string, maxBytes: number): string {
  const file = shellWord(logFile).replaceAll("#", "##").replaceAll("%", "%%");
  return `exec dd bs=65536 iflag=count_bytes count=${maxBytes} oflag=append conv=notrunc status=none of=${file}`;
}

/** One word for a POSIX shell, quoted only where it needs to be. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
