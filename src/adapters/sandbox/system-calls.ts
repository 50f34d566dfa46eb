// System calls that no work of an agent needs and that widen the kernel's face towards it: mounts
// and namespaces, the machine's own settings, key rings shared by all of a user, and the parts of
// the kernel in which cells were broken out of most often. Numbers as in the kernel's
// arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.

/** How a filter recognises a machine, and where its numbers are in the table. */
export const MACHINES = {
  x64: { audit: 0xc000003e, column: 0, clone: 56 },
  arm64: { audit: 0xc00000b7, column: 1, clone: 220 },
} as const;

type Row = readonly [x64: number | null, arm64: number | null];

/** Answered with "not permitted". */
export const NOT_PERMITTED: Readonly<Record<string, Row>> = {
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  open_by_handle_at: [304, 265],
  fanotify_init: [300, 262],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  syslog: [103, 116],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  vhangup: [153, 58],
  iopl: [172, null],
  ioperm: [173, null],
};

/** Answered as if the kernel did not have them: programs then go the older way. */
export const NOT_THERE: Readonly<Record<string, Row>> = {
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  // Its flags are in memory, where a filter cannot look; C libraries then use clone.
  clone3: [435, 435],
};

/** The flags of clone(2) that make namespaces: mount, cgroup, uts, ipc, user, pid, net. */
export const NAMESPACE_FLAGS = 0x7e020000;

/**
 * The families of socket(2) that programs need: local, internet, and asking the kernel about the
 * network. Others are not kept apart by namespaces (vsock leads to the machine around this one), or
 * were ways out.
 */
export const SOCKET_FAMILIES = [1, 2, 10, 16] as const;

export const SOCKET_CALLS: readonly Row[] = [
  [41, 198],
  [53, 199],
];

/** Of ioctl(2): typing into a terminal (TIOCSTI), and the console's own (TIOCLINUX). */
export const TERMINAL_REQUESTS = [0x5412, 0x541c] as const;

export const IOCTL: Row = [16, 29];
