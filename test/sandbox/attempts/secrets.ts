import { join } from "node:path";
import type { Attempt } from "../attempt.ts";
import { perl } from "./perl.ts";

/** What other programs, cells and people have, on disk and in memory. */
export const secrets: readonly Attempt[] = [
  {
    name: "its own environment holds a secret",
    code: () => "env; tr '\\0' '\\n' </proc/self/environ",
  },
  {
    name: "read the environment of every process",
    code: () => "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -a canary",
  },
  {
    name: "read the arguments of every process",
    code: () => "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -a ^canary | head -3",
  },
  {
    name: "walk to the host's files through a process's root",
    code: ({ secretFile, pid }) =>
      `cat /proc/1/root${secretFile} /proc/${pid}/root${secretFile} /proc/${pid}/cwd/secret`,
  },
  {
    name: "read the memory map of a process",
    code: ({ pid }) => `grep -q r-xp /proc/${pid}/maps && echo BROKE`,
  },
  {
    name: "trace a process of another",
    code: ({ pid }) => perl("ptrace", "0x4206", pid, 0, 0, "== 0"),
    needs: ({ isRoot }) => (isRoot ? null : "tracing is allowed to root alone here"),
  },
  {
    name: "read files that the product inherits to it",
    code: () =>
      "for fd in 3 4 5 6 7 8 9 10 11 12; do cat /proc/self/fd/$fd 2>/dev/null; done; cat <&7",
  },
  {
    name: "read the product's secrets on disk",
    code: ({ secretFile, worktree }) => `cat ${secretFile} ${worktree.path}/../../../../../secret`,
  },
  {
    name: "follow a link out of its work tree",
    code: ({ secretFile }) => `ln -sf ${secretFile} link-out; cat link-out`,
  },
  {
    name: "read another agent's work tree",
    code: ({ other }) => `cat ${other.path}/plan.txt ../other/plan.txt`,
  },
  {
    name: "write another agent's work tree",
    code: ({ other }) => `echo x >${other.path}/planted && echo BROKE`,
  },
  {
    name: "take another life's token",
    code: ({ otherBrokerDir }) =>
      `cat ${otherBrokerDir}/token /run/factory/../other/token /run/factory/token`,
  },
  {
    name: "speak through another life's socket",
    code: ({ otherBrokerDir }) =>
      `node -e 'require("http").get({socketPath:process.argv[1],path:"/agent/me"},(r)=>r.pipe(process.stdout))' ${join(otherBrokerDir, "broker.sock")}`,
  },
  {
    name: "give itself a life at the broker's control socket",
    code: ({ controlSocket }) =>
      `node -e 'require("http").get({socketPath:process.argv[1],path:"/lives"},(r)=>console.log("BROKE",r.statusCode))' ${controlSocket}`,
  },
  {
    name: "reach the key ring of its user",
    code: () => perl("keyctl", 0, -4, 1, "> 0"),
    needs: () => perl.unknown(),
  },
];
