import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { providePostgresBinaries } from "../../../src/local/embedded/postgres-binaries.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

// What `npm ci --ignore-scripts` leaves, under a strict umask: no links, and closed to others.
function installedPackage(): string {
  const source = join(temporaryFolder(), "package");
  mkdirSync(join(source, "native/bin"), { recursive: true });
  mkdirSync(join(source, "native/lib"));
  writeFileSync(join(source, "package.json"), JSON.stringify({ version: "18.4.0-beta.17" }));
  writeFileSync(
    join(source, "native/pg-symlinks.json"),
    JSON.stringify([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }]),
  );
  writeFileSync(join(source, "native/lib/libpq.so.5.18"), "library");
  writeFileSync(join(source, "native/lib/libpq.a"), "for compilers only");
  writeFileSync(join(source, "native/bin/postgres"), "program");
  chmodSync(join(source, "native/bin/postgres"), 0o700);
  chmodSync(join(source, "native/lib/libpq.so.5.18"), 0o600);
  return source;
}

test("the copy has the links that the install script did not make, and others can read it", () => {
  const folder = temporaryFolder();

  const copy = providePostgresBinaries(folder, installedPackage());

  expect(copy).toBe(join(folder, `postgresql-18.4.0-beta.17-${process.arch}`));
  expect(readlinkSync(join(copy, "lib/libpq.so.5"))).toBe("libpq.so.5.18");
  expect(readdirSync(join(copy, "lib")).sort()).toEqual(["libpq.so.5", "libpq.so.5.18"]);
  expect(statSync(join(copy, "bin/postgres")).mode & 0o777).toBe(0o755);
  expect(statSync(join(copy, "lib/libpq.so.5.18")).mode & 0o777).toBe(0o644);
});

test("a version is copied once, and nothing unfinished stays beside it", () => {
  const folder = temporaryFolder();
  const source = installedPackage();
  const first = providePostgresBinaries(folder, source);
  writeFileSync(join(first, "bin/postgres"), "in use");

  const second = providePostgresBinaries(folder, source);

  expect(second).toBe(first);
  expect(readFileSync(join(second, "bin/postgres"), "utf8")).toBe("in use");
  expect(readdirSync(folder)).toHaveLength(1);
});
