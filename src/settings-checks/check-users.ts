import { readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import { error, type Fault, warning } from "./fault.ts";

/** The ids that cells get, where this process may give them: nobody else's. */
export function checkUsers(config: Config): readonly Fault[] {
  if (process.getuid?.() !== 0) return [];
  return usersAmong(config, linesOf("/etc/passwd"), linesOf("/etc/subuid"));
}

/**
 * @param passwd lines of passwd(5)
 * @param subuid lines of subuid(5)
 */
export function usersAmong(
  { CELL_UID_BASE: base, CELL_UID_COUNT: count }: Pick<Config, "CELL_UID_BASE" | "CELL_UID_COUNT">,
  passwd: readonly string[],
  subuid: readonly string[],
): readonly Fault[] {
  const range = `${base} to ${base + count - 1}`;
  const users = passwd.flatMap((line) => {
    const [name = "", , uid = ""] = line.split(":");
    const id = Number(uid);
    return uid !== "" && id >= base && id < base + count ? [`${name} (${id})`] : [];
  });
  const lent = subuid.flatMap((line) => {
    const [name = "", start = "", length = ""] = line.split(":");
    const isShared = Number(start) < base + count && Number(start) + Number(length) > base;
    return length !== "" && isShared ? [name] : [];
  });
  const elsewhere = "choose another CELL_UID_BASE";
  if (count === 0) return [];
  if (users.length > 0) {
    const says = `${range} would be ids of cells, and ${users.join(", ")} is among them; ${elsewhere}`;
    return [error("CELL_UID_BASE", says)];
  }
  if (lent.length === 0) return [];
  const says = `${range} would be ids of cells, and /etc/subuid lends some to ${lent.join(", ")}; ${elsewhere}`;
  return [warning("CELL_UID_BASE", says)];
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return []; // Systems without the file have no such users.
  }
}
