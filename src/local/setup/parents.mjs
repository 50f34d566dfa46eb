import { readFileSync } from "node:fs";

const LOOK_EVERY_MS = 500;

/**
 * Looks whether who started us is still there. npm passes a signal on to its shell alone, which ends
 * of it and leaves us; and who is killed passes on nothing. Without npm nobody is watched: a program
 * may well outlive the shell that it was typed into.
 *
 * @param {() => void} onGone called once when npm, or the shell between npm and us, has ended
 */
export function watchParents(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const above = isShell(parent) ? parentOf(parent) : null;
  const timer = setInterval(() => {
    const isThere = process.ppid === parent && (above === null || parentOf(parent) === above);
    if (isThere) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

function isShell(pid) {
  return /^(sh|dash|bash|ash|zsh|ksh)$/.test(statOf(pid)?.name ?? "");
}

function parentOf(pid) {
  return statOf(pid)?.parent ?? null;
}

/** null where it is gone, or there is no /proc. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = stat.lastIndexOf(")");
    const [, parent] = stat.slice(end + 2).split(" ");
    return { name: stat.slice(stat.indexOf("(") + 1, end), parent: Number(parent) };
  } catch {
    return null;
  }
}
