import { execFileSync } from "node:child_process";

/** The unprivileged system user that the embedded servers run as where we are root. */
export type ServiceUser = { readonly name: string; readonly uid: number; readonly gid: number };

const PREFERRED = "postgres";
const OWN = "factory-postgres";

/**
 * Who the embedded servers run as: PostgreSQL refuses to run as root.
 *
 * @param say told in one line when a user has to be made
 * @returns null when we are not root: the servers then run as ourselves
 * @throws {Error} when no such user exists and none could be made
 */
export function findServiceUser(say: (line: string) => void): ServiceUser | null {
  if (process.getuid?.() !== 0) return null;
  const existing = lookUp(PREFERRED) ?? lookUp(OWN);
  if (existing) return existing;
  say(`Making the system user ${OWN}: PostgreSQL refuses to run as root.`);
  execFileSync(
    "useradd",
    [
      "--system",
      "--no-create-home",
      "--home-dir",
      "/nonexistent",
      "--shell",
      "/usr/sbin/nologin",
      OWN,
    ],
    { stdio: ["ignore", "ignore", "pipe"], timeout: 10_000 },
  );
  const made = lookUp(OWN);
  if (!made) throw new Error(`useradd made no user ${OWN}; make one by hand and start again`);
  return made;
}

function lookUp(name: string): ServiceUser | null {
  const uid = askId("-u", name);
  const gid = askId("-g", name);
  return uid === null || gid === null || uid === 0 ? null : { name, uid, gid };
}

function askId(flag: "-u" | "-g", name: string): number | null {
  try {
    // `id` also knows the users that do not stand in /etc/passwd.
    const said = execFileSync("id", [flag, name], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 10_000,
    });
    return Number(said.toString().trim());
  } catch {
    return null;
  }
}
