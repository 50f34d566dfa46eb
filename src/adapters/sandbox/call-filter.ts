import {
  IOCTL,
  MACHINES,
  NAMESPACE_FLAGS,
  NOT_PERMITTED,
  NOT_THERE,
  SOCKET_CALLS,
  SOCKET_FAMILIES,
  TERMINAL_REQUESTS,
} from "./system-calls.ts";

// A seccomp filter, made instruction by instruction: struct sock_filter of linux/filter.h, run over
// struct seccomp_data of linux/seccomp.h (number, machine, instruction pointer, six arguments).

type Instruction = {
  readonly code: number;
  readonly ifTrue?: number;
  readonly ifFalse?: number;
  readonly k: number;
};

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const HAS_BITS = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

const OFFSET = { call: 0, machine: 4, firstArgument: 16, secondArgument: 24 } as const;

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const refuse = (errno: number): number => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** The x32 calls of x86-64 carry this bit: other numbers for the same things. */
const OTHER_NUMBERS = 0x40000000;

const INSTRUCTION_BYTES = 8;

/**
 * The filter of every cell, as bubblewrap's `--seccomp` reads it.
 *
 * @param arch as Node names it
 * @returns null for a machine whose numbers are not known
 */
export function callFilter(arch: string): Buffer | null {
  if (arch !== "x64" && arch !== "arm64") return null;
  return encode(program(MACHINES[arch]));
}

function program(machine: (typeof MACHINES)[keyof typeof MACHINES]): readonly Instruction[] {
  const { audit, column, clone } = machine;
  const numbers = (table: typeof NOT_PERMITTED): readonly number[] =>
    Object.values(table).flatMap((row) => row[column] ?? []);
  return [
    { code: LOAD, k: OFFSET.machine },
    { code: EQUAL, k: audit, ifTrue: 1 },
    { code: RETURN, k: KILL },
    { code: LOAD, k: OFFSET.call },
    { code: AT_LEAST, k: OTHER_NUMBERS, ifFalse: 1 },
    { code: RETURN, k: refuse(ENOSYS) },
    ...numbers(NOT_PERMITTED).flatMap((call) => refused(call, EPERM)),
    ...numbers(NOT_THERE).flatMap((call) => refused(call, ENOSYS)),
    ...ofWord(clone, [
      { code: LOAD, k: OFFSET.firstArgument },
      { code: HAS_BITS, k: NAMESPACE_FLAGS, ifFalse: 1 },
      { code: RETURN, k: refuse(EPERM) },
      { code: RETURN, k: ALLOW },
    ]),
    ...SOCKET_CALLS.flatMap((row) =>
      ofWord(row[column] ?? 0, [
        { code: LOAD, k: OFFSET.firstArgument },
        ...SOCKET_FAMILIES.flatMap((family) => ofWord(family, [{ code: RETURN, k: ALLOW }])),
        { code: RETURN, k: refuse(EAFNOSUPPORT) },
      ]),
    ),
    ...ofWord(IOCTL[column] ?? 0, [
      { code: LOAD, k: OFFSET.secondArgument },
      ...TERMINAL_REQUESTS.flatMap((request) => refused(request, EPERM)),
      { code: RETURN, k: ALLOW },
    ]),
    { code: RETURN, k: ALLOW },
  ];
}

function refused(value: number, errno: number): readonly Instruction[] {
  return ofWord(value, [{ code: RETURN, k: refuse(errno) }]);
}

/** What is done where the loaded word is this value; otherwise it is skipped. */
function ofWord(value: number, then: readonly Instruction[]): readonly Instruction[] {
  return [{ code: EQUAL, k: value, ifFalse: then.length }, ...then];
}

function encode(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * INSTRUCTION_BYTES);
  // The kernel reads them in the machine's own order; both machines we know are little-endian.
  for (const [index, { code, ifTrue = 0, ifFalse = 0, k }] of instructions.entries()) {
    const at = index * INSTRUCTION_BYTES;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(k >>> 0, at + 4);
  }
  return bytes;
}
