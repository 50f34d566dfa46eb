import { accessSync, closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import type { Attempt } from "../attempt.ts";
import { perl, reached } from "./perl.ts";

const rootOnly = ({ isRoot }: { readonly isRoot: boolean }): string | null =>
  isRoot ? null : "without the cell only root could";

/** The disk that holds the root file system, as the kernel names it. */
function disk(): string {
  const line = readFileSync("/proc/partitions", "utf8").split("\n")[2] ?? "";
  return `/dev/${line.trim().split(/\s+/)[3] ?? "sda"}`;
}

/** Some machines keep it even from root. */
function unreadable(file: string, flags: "r" | "a" = "r"): string | null {
  try {
    const fd = openSync(file, flags);
    try {
      if (flags === "r") readSync(fd, Buffer.alloc(16));
      return null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return `this machine gives ${file} to nobody`;
  }
}

/** The machine itself: its files, its devices, its kernel. */
export const host: readonly Attempt[] = [
  {
    name: "write the system's programs",
    code: () => "touch /usr/bin/factory-x && echo BROKE && rm /usr/bin/factory-x",
    needs: rootOnly,
  },
  {
    name: "write the system's settings",
    code: () => "touch /etc/factory-x && echo BROKE && rm /etc/factory-x",
    needs: rootOnly,
  },
  {
    name: "write the product's own files",
    code: ({ packageRoot }) =>
      `for folder in /opt/factory /opt/factory/src/harness ${packageRoot}/src/harness; do touch $folder/x-factory && echo BROKE && rm $folder/x-factory; done`,
    needs: ({ packageRoot }) => {
      try {
        accessSync(packageRoot, constants.W_OK);
        return null;
      } catch {
        return "the product's files are another user's";
      }
    },
  },
  {
    name: "read the passwords of the host",
    code: () => "grep -q '^root:' /etc/shadow && echo BROKE",
    needs: rootOnly,
  },
  {
    name: "read the disk underneath",
    code: () => `head -c 512 ${disk()} | wc -c | grep -q 512 && echo BROKE`,
    needs: () => unreadable(disk()),
  },
  {
    name: "make the disk's device anew",
    code: () =>
      `d=$(mktemp -u -p .); mknod $d b $(awk 'NR==3{print $1,$2}' /proc/partitions) && head -c 512 $d | wc -c | grep -q 512 && echo BROKE; rm -f $d`,
    needs: () => unreadable(disk()),
  },
  {
    name: "read the kernel's memory",
    code: () => "head -c 16 /proc/kcore | grep -aq ELF && echo BROKE",
    needs: () => unreadable("/proc/kcore"),
  },
  { name: "read the kernel's log", code: () => "dmesg >/dev/null && echo BROKE", needs: rootOnly },
  {
    name: "change a setting of the kernel",
    code: () =>
      "n=$(cat /proc/sys/vm/swappiness) && echo $n >/proc/sys/vm/swappiness && echo BROKE",
    needs: rootOnly,
  },
  {
    name: "press the magic key",
    code: () => "( : >>/proc/sysrq-trigger ) && echo BROKE",
    needs: () => unreadable("/proc/sysrq-trigger", "a"),
  },
  {
    name: "leave its control group",
    code: () =>
      "for g in /sys/fs/cgroup /sys/fs/cgroup/pids; do mkdir $g/factory-escape && echo BROKE && rmdir $g/factory-escape; done",
    needs: rootOnly,
  },
  {
    name: "mount a file system",
    code: () => "mkdir -p m && mount -t tmpfs none m && echo BROKE && umount m",
    needs: rootOnly,
  },
  {
    name: "make a user name space and be root in it",
    code: () => "unshare --user --map-root-user id -u && echo BROKE",
  },
  {
    name: "make name spaces by hand, past the wrapper",
    code: () =>
      perl("clone", "0x10000000|17", 0, 0, 0, 0, ">= 0").replace(
        'print "$r $!\\n";',
        "exit if $r==0;",
      ),
    needs: () => perl.unknown(),
  },
  { name: "change its root folder", code: () => "chroot / true && echo BROKE", needs: rootOnly },
  {
    name: "rename the host",
    code: () => `hostname "$(cat /proc/sys/kernel/hostname)" && echo BROKE`,
    needs: rootOnly,
  },
  {
    name: "open files by handle, past every folder's rights",
    code: () => reached("open_by_handle_at", -1, 0, 0),
    needs: rootOnly,
  },
  {
    name: "load a program into the kernel (bpf)",
    code: () => reached("bpf", 0, 0, 0),
    needs: rootOnly,
  },
  {
    name: "use performance counters",
    code: () => reached("perf_event_open", 0, 0, -1, -1, 0),
    needs: rootOnly,
  },
  {
    name: "hold page faults (userfaultfd)",
    code: () => perl("userfaultfd", 0, 0, ">= 0"),
    needs: rootOnly,
  },
  {
    name: "use io_uring",
    code: () => reached("io_uring_setup", 1, 0),
    needs: () => perl.unknown(),
  },
  {
    name: "become root through a setuid program",
    code: ({ worktree, folder }) =>
      `for f in ${worktree.mirror} ${folder}; do [ "$($f/id-of-root -u)" = 0 ] && echo BROKE; done; id -u`,
    asNobody: true,
    needs: rootOnly,
  },
  {
    name: "type into the terminal around it",
    code: () => `perl -e '$c="#"; ioctl(STDIN,0x5412,$c) or die "$!"; print "BROKE\\n"'`,
    inTerminal: true,
    needs: rootOnly,
  },
  { name: "end a process of the host", code: ({ pid }) => `kill -0 ${pid} && echo BROKE` },
];
