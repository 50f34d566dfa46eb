import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  checkReachable,
  checkSocketPath,
  makeFolder,
  socketFolderFor,
} from "../../../src/local/embedded/folders.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const stranger = { name: "stranger", uid: 54_321, gid: 54_321 };

test("a folder closed to the servers' user is named, and its mode stays as it is", () => {
  // The run's own folder is closed to others where we are not root; the temp folder never is.
  const open = mkdtempSync(join(tmpdir(), "factory-folders-"));
  onTestFinished(() => rmSync(open, { recursive: true }));
  chmodSync(open, 0o711);
  const closed = join(open, "closed");
  const inside = join(closed, "data");
  mkdirSync(inside, { recursive: true });
  chmodSync(closed, 0o700);

  expect(() => checkReachable(inside, stranger)).toThrow(
    `${inside} cannot be reached by the user stranger, because ${closed} is closed to others`,
  );
  expect(statSync(closed).mode & 0o777).toBe(0o700);

  chmodSync(closed, 0o711);
  expect(() => checkReachable(inside, stranger)).not.toThrow();
});

test("a link in place of a folder is refused", () => {
  const folder = temporaryFolder();
  const link = join(folder, "link");
  symlinkSync("/etc", link);

  expect(() => makeFolder(link, 0o700, null)).toThrow(`${link} is not a folder`);
});

test.each(["/proc/x", "/proc/x/data"])(
  "a folder below one in which nothing can be made is refused at once: %s",
  (path) => {
    expect(() => makeFolder(path, 0o700, null)).toThrow(
      `the folder ${path} cannot be made (nothing can be made in /proc)`,
    );
  },
);

test("a folder is made with its mode whatever the umask is", () => {
  const path = join(temporaryFolder(), "a/b");
  const before = process.umask(0o077);

  try {
    makeFolder(path, 0o711, null);
  } finally {
    process.umask(before);
  }

  expect(statSync(path).mode & 0o777).toBe(0o711);
});

test("the socket folder of a deep data folder is short, its own, and always the same", () => {
  const deep = `/srv/${"deep/".repeat(40)}`;

  expect(checkSocketPath(join(socketFolderFor(deep), ".s.PGSQL.5432")).length).toBeLessThan(100);
  expect(socketFolderFor(deep)).toBe(socketFolderFor(deep));
  expect(socketFolderFor(deep)).not.toBe(socketFolderFor(`${deep}x`));
});

test("folders on the way are made one by one, passable for nobody else than needed", () => {
  const folder = temporaryFolder();

  makeFolder(join(folder, "a/b/c/d"), 0o700, null);

  const passable = process.getuid?.() === 0 ? 0o711 : 0o700;
  expect(statSync(join(folder, "a")).mode & 0o777).toBe(passable);
  expect(statSync(join(folder, "a/b/c/d")).mode & 0o777).toBe(0o700);
});
