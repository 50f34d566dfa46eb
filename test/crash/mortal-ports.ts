import { PortError } from "../../src/lib/port-error.ts";
import type { Git } from "../../src/ports/git.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import type { Broker, Terminal } from "../../src/ports/host.ts";
import type { Store } from "../../src/ports/store.ts";
import type { CaseSpec } from "./case-spec.ts";

// Ports whose n-th changing call ends this process for good, as the power cut would.

export type Mortal = {
  readonly github: GitHub;
  readonly git: Git;
  readonly terminal: Terminal;
  readonly broker: Broker;
  readonly store: Store;
};

type Writes = { readonly [Port in keyof Mortal]: readonly (keyof Mortal[Port])[] };

/** Every call by which something outside changes. */
const writes: Writes = {
  github: [
    "createIssue",
    "addSubIssue",
    "addBlockedBy",
    "createComment",
    "updateComment",
    "pinComment",
    "react",
    "setStateLabel",
    "closeIssue",
    "updateIssue",
    "reopenIssue",
    "openPullRequest",
    "updatePullRequest",
    "markReadyForReview",
    "closePullRequest",
    "review",
    "publishCheck",
    "deleteBranch",
  ],
  git: ["push", "receivePack", "commitTree", "setRef", "addWorktree", "removeWorktree"],
  terminal: ["start", "kill"],
  broker: ["open", "close"],
  store: [],
};

type Watcher = {
  readonly around: (call: () => unknown) => Promise<unknown>;
  /** Called before anything is stored. */
  readonly beforeStore: () => void;
};

/** The ports as they are, except that the process dies at the point it was told. */
export function mortalPorts(ports: Mortal, death: NonNullable<CaseSpec["death"]>): Mortal {
  const watcher = watcherOf(death);
  const { store } = ports;
  const epics = new Proxy(store.epics, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (name !== "change" || typeof method !== "function") return method;
      return (...args: readonly unknown[]): unknown => {
        watcher.beforeStore();
        return Reflect.apply(method, target, args);
      };
    },
  });
  return {
    github: wrapped(ports.github, writes.github, watcher),
    git: wrapped(ports.git, writes.git, watcher),
    terminal: wrapped(ports.terminal, writes.terminal, watcher),
    broker: wrapped(ports.broker, writes.broker, watcher),
    store: { ...store, epics },
  };
}

function watcherOf({ call: at, point }: NonNullable<CaseSpec["death"]>): Watcher {
  let calls = 0;
  let isDone = false;
  return {
    around: async (call) => {
      const isIt = calls === at;
      calls += 1;
      if (isIt && point === "before") die();
      const answer = await call();
      if (isIt && point === "after") isDone = true;
      if (isIt && point === "reply lost")
        throw new PortError("github", "the answer was lost on its way", { retryable: true });
      return answer;
    },
    beforeStore: () => {
      if (isDone) die();
    },
  };
}

/** SIGKILL to ourselves: nothing of this process runs any more, no handler, no finally. */
export function die(): void {
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered before the call returns; this keeps even a slow one from going on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function wrapped<Port extends object>(
  port: Port,
  methods: readonly (keyof Port)[],
  { around }: Watcher,
): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || !methods.some((one) => one === name)) return method;
      return async (...args: readonly unknown[]): Promise<unknown> =>
        await around(() => Reflect.apply(method, target, args));
    },
  });
}
