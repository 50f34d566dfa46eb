import { chmod, mkdir, unlink } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import type { Secret } from "../lib/secret.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import { createControlHandler } from "./control.ts";
import { createForwarder } from "./forward.ts";
import { createLives } from "./lives.ts";
import { type BrokerLog, createLogRefusal } from "./log-refusals.ts";
import { createReach } from "./reach.ts";
import { createRegistryDoor } from "./registry-door.ts";
import type { RegistrySource } from "./registry-fetch.ts";
import { DEFAULT_REGISTRY_LIMITS } from "./registry-limits.ts";
import { closeServer, listenOn } from "./sockets.ts";

export type BrokerOptions = {
  /** Holds `control.sock` and `lives/`; made when missing, 0700. */
  readonly dir: string;
  readonly upstream: URL;
  /** null: requests carry no proof of this broker. */
  readonly secret: Secret | null;
  readonly limits: BrokerLimits;
  /** What cells that may use registries read; without it there are none. */
  readonly registries?: RegistrySource;
  /** Told what was refused, and whose folder is broken. */
  readonly log?: BrokerLog;
};

export type RunningBroker = {
  readonly controlSocket: string;
  /** Ends requests under way, up to a limit; folders of lives stay for the next start. */
  stop(): Promise<void>;
};

const CONTROL_SOCKET = "control.sock";
const NO_REGISTRIES: RegistrySource = {
  registries: [],
  privateHosts: new Set(),
  limits: DEFAULT_REGISTRY_LIMITS,
};

/**
 * Opens the control socket and the sockets of all lives that are in the folder. Changes the
 * process's working directory into it, so that a long path does not keep a socket from listening.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { limits } = options;
  const dir = path.resolve(options.dir);
  await mkdir(path.join(dir, "lives"), { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  process.chdir(dir);

  const log = options.log ?? (() => undefined);
  const logRefusal = createLogRefusal(log, () => performance.now());
  const registryDoor = createRegistryDoor(options.registries ?? NO_REGISTRIES, logRefusal);
  const forwarder = createForwarder({ ...options, registryDoor, logRefusal });
  const lives = createLives({ handlerOf: forwarder.handlerOf, limits, log });
  await lives.openAll();
  const control = createServer(
    createControlHandler(lives, createReach(options.upstream, limits.reachMs)),
  );
  await listenOn(control, CONTROL_SOCKET);

  return {
    controlSocket: path.join(dir, CONTROL_SOCKET),
    stop: async () => {
      await Promise.all([closeServer(control, limits.drainMs), lives.stop()]);
      forwarder.close();
      await unlink(path.join(dir, CONTROL_SOCKET)).catch(() => undefined);
    },
  };
}
