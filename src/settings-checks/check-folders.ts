import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { readHostLayout } from "../adapters/sandbox/host-layout.ts";
import type { Config } from "../config.ts";
import { PortError } from "../lib/port-error.ts";
import { shown } from "../settings/say-mistake.ts";
import { error, type Fault } from "./fault.ts";

/** Linux: sockaddr_un.sun_path is 108 bytes with its closing zero. */
const longestSocketPath = 107;
const terminalSocket = "tmux.sock";

/** Folders and sockets: there, to be made, short enough. */
export function checkFolders(config: Config): readonly Fault[] {
  return [
    ...checkOwnFolder("DATA_DIR", config.DATA_DIR),
    ...checkOwnFolder("RUNTIME_DIR", config.RUNTIME_DIR),
    ...checkRuntimeLength(config),
    ...checkBroker(config),
    ...checkRootfs(config),
  ];
}

function checkOwnFolder(
  variable: "DATA_DIR" | "RUNTIME_DIR",
  folder: string | undefined,
): readonly Fault[] {
  if (folder === undefined) return [];
  if (!isAbsolute(folder)) return [error(variable, `${shown(folder)} is not an absolute path`)];
  const why = whyNotOwn(folder);
  return why === null ? [] : [error(variable, `${shown(folder)} cannot be used: ${why}`)];
}

/** @returns null for a folder that can be written to, or made */
function whyNotOwn(folder: string): string | null {
  if (!existsSync(folder)) {
    const parent = dirname(folder);
    return parent === folder ? "there is no file system" : whyNotOwn(parent);
  }
  if (!statSync(folder).isDirectory()) return `${folder} is not a folder; name another one`;
  // Nobody makes folders there, whatever its mode says.
  if (folder === "/proc" || folder.startsWith("/proc/")) return "nothing can be kept in /proc";
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return `this user may not write to ${folder}; allow it (chown), or name another folder`;
  }
}

function checkRuntimeLength({ RUNTIME_DIR: folder }: Config): readonly Fault[] {
  if (folder === undefined) return [];
  const length = Buffer.byteLength(join(folder, terminalSocket));
  if (length <= longestSocketPath) return [];
  const most = longestSocketPath - terminalSocket.length - 1;
  const says = `${shown(folder)} is too long for the sockets in it: ${most} bytes at most, as in /run/factory`;
  return [error("RUNTIME_DIR", says)];
}

function checkBroker({ BROKER_SOCKET: socket }: Config): readonly Fault[] {
  if (socket === undefined) return [];
  if (!isAbsolute(socket))
    return [error("BROKER_SOCKET", `${shown(socket)} is not an absolute path`)];
  if (Buffer.byteLength(socket) > longestSocketPath)
    return [
      error(
        "BROKER_SOCKET",
        `${shown(socket)} is too long for a socket: ${longestSocketPath} bytes at most; give the broker a shorter --dir`,
      ),
    ];
  if (existsSync(dirname(socket))) return [];
  const says = `${shown(socket)} has no folder ${dirname(socket)}; start the broker with it as --dir first, or correct the path`;
  return [error("BROKER_SOCKET", says)];
}

function checkRootfs({ ROOTFS: rootfs }: Config): readonly Fault[] {
  if (rootfs === undefined) return [];
  if (!existsSync(rootfs)) return [error("ROOTFS", `${shown(rootfs)} is not there`)];
  try {
    readHostLayout(rootfs);
    return [];
  } catch (cause) {
    if (!(cause instanceof PortError)) throw cause;
    return [error("ROOTFS", cause.message.replace(/^ROOTFS /, ""))];
  }
}
