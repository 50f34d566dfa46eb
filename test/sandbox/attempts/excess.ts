import { readdir, readFile } from "node:fs/promises";
import { systemClock } from "../../../src/lib/clock.ts";
import type { Attempt } from "../attempt.ts";
import { LIMITS } from "../victim.ts";

const CELL_LIMIT_MS = 2_000;
/** Found again by their length, which no other run has. */
const naps = [`3600.1${process.pid}`, `3600.2${process.pid}`] as const;

async function pidsOf(mark: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const argv = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return pids.filter((_, index) => argv[index] === `sleep\0${mark}\0`).map(Number);
}

async function isGoneSoon(mark: string): Promise<boolean> {
  for (let look = 0; look < 50; look += 1) {
    if ((await pidsOf(mark)).length === 0) return true;
    await systemClock.sleep(100);
  }
  return false;
}

function outlives(name: string, mark: string, code: string): Attempt {
  return {
    name,
    code: () => `${code}\nsleep 0.2`,
    proof: async (_, { isCell }) => {
      // Five seconds after its end everything of a life is gone; without a cell it stays.
      if (isCell) return !(await isGoneSoon(mark));
      const left = await pidsOf(mark);
      for (const pid of left) process.kill(pid, "SIGKILL");
      return left.length > 0;
    },
  };
}

/** More than its share, of anything. */
export const excess: readonly Attempt[] = [
  {
    name: "a fork bomb",
    code: () =>
      `for i in $(seq ${LIMITS.processes * 2}); do sleep 2 & done 2>/dev/null; [ "$(pgrep -cx sleep)" -gt ${LIMITS.processes + 20} ] && echo BROKE; true`,
  },
  {
    name: "take all memory",
    code: () => `perl -e '$x="x" x ${LIMITS.memoryBytes * 1.5}; print "BROKE\\n"'`,
  },
  {
    name: "take all memory, a little in each of many processes",
    code: () =>
      `for i in 1 2 3 4 5 6; do perl -e '$x="x" x ${LIMITS.memoryBytes / 4}; print "held\\n"; sleep 3' & done | grep -c held | grep -q 6 && echo BROKE; wait`,
    claimedWith: "Control groups",
  },
  {
    name: "fill the disk through /tmp",
    code: ({ folder }) => {
      const mebibytes = (LIMITS.tmpBytes / 1_048_576) * 1.5;
      return `d=/tmp; [ -d /run/factory ] || { d=${folder}/tmp; mkdir -p $d; }; for i in 1 2 3; do head -c ${(mebibytes / 3) * 1_048_576} /dev/zero >$d/$i || exit; done; echo BROKE; rm -r $d/[123]`;
    },
  },
  {
    name: "fill the disk through its work tree",
    code: () =>
      `for i in $(seq 60); do head -c 10000000 /dev/zero >fill-$i; sleep 0.1; done; echo BROKE`,
    limitMs: 15_000,
    meanwhile: async ({ sandbox, worktree }, { isCell }, isOver) => {
      // What a host's watch over its lives does, once a second (src/host/watch-bounds.ts).
      while (isCell && !isOver()) {
        const held = await sandbox.measure(worktree);
        if (held !== null && held.bytes > 150_000_000) await sandbox.end("attempt");
        await systemClock.sleep(200);
      }
    },
  },
  {
    name: "write one file without end",
    code: () => `truncate -s ${LIMITS.fileBytes * 2} endless && echo BROKE; rm -f endless`,
  },
  {
    name: "open files without end",
    code: () =>
      `perl -e 'for $i (1..${LIMITS.openFiles * 2}) { open($f[$i],"<","/dev/null") or die "$i $!" } print "BROKE\\n"'`,
  },
  {
    name: "leave its memory behind on disk (core dump)",
    code: () =>
      `mkdir -p dump && cd dump && ulimit -c unlimited && sh -c 'kill -SEGV $$'; ls | grep -q . && echo BROKE`,
  },
  {
    name: "run past its time limit",
    code: () => `sleep ${(CELL_LIMIT_MS * 1.5) / 1_000}; echo BROKE`,
    limitMs: CELL_LIMIT_MS,
  },
  outlives(
    "outlive its life in a session of its own",
    naps[0],
    `setsid sleep ${naps[0]} >/dev/null 2>&1 &`,
  ),
  outlives(
    "outlive its life as a daemon, forked twice, deaf to signals",
    naps[1],
    `perl -e 'exit if fork; use POSIX; setsid(); exit if fork; $SIG{$_}="IGNORE" for qw(HUP TERM INT); close STDIN; close STDOUT; close STDERR; exec "sleep","${naps[1]}"'`,
  ),
];
