const numbers = {
  x64: {
    ptrace: 101,
    keyctl: 250,
    add_key: 248,
    bpf: 321,
    perf_event_open: 298,
    userfaultfd: 323,
    io_uring_setup: 425,
    clone: 56,
    open_by_handle_at: 304,
    mount: 165,
  },
  arm64: {
    ptrace: 117,
    keyctl: 219,
    add_key: 217,
    bpf: 280,
    perf_event_open: 241,
    userfaultfd: 282,
    io_uring_setup: 425,
    clone: 220,
    open_by_handle_at: 265,
    mount: 40,
  },
} as const;

type Name = keyof (typeof numbers)["x64"];

/** A system call by number, from perl, which needs no compiler. BROKE where the result is as said. */
export function perl(name: Name, ...rest: readonly (string | number)[]): string {
  const words = rest.slice(0, -1).join(",");
  return `perl -e '$r=syscall(${number(name)},${words}); print "$r $!\\n"; print "BROKE\\n" if ($r ${rest.at(-1)})'`;
}

/** Reached the kernel's own code: it found the arguments wrong instead of refusing the call. */
export function reached(name: Name, ...words: readonly (string | number)[]): string {
  return `perl -e '$r=syscall(${number(name)},${words.join(",")}); $e=$!+0; print "$r $!\\n"; print "BROKE\\n" if $r>=0 || ($e!=1 && $e!=38)'`;
}

function number(name: Name): number {
  return process.arch === "arm64" ? numbers.arm64[name] : numbers.x64[name];
}

perl.unknown = (): string | null =>
  process.arch in numbers ? null : `the system calls of ${process.arch} are not known`;
