import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { type Entry, rawTree, tree } from "../../support/git-http.ts";
import { type GitWorld, inGitWorld, packOf, shop } from "./git-world.ts";

test("a pack from a cell brings its objects into the mirror", () =>
  inGitWorld(async (world) => {
    const { git, base } = await withBase(world);
    const changed = tree(world.remote.git, { "a.txt": "changed\n", "new/b.txt": "b\n" });

    await git.receivePack(shop, packOf(world.remote, [changed], [base.commit]));

    expect(await git.problemsOf(shop, changed, base.tree)).toEqual([]);
    expect(await git.readFile(shop, { sha: changed, path: "new/b.txt", maxBytes: 9 })).toBe("b\n");
    expect(leftovers(world)).toEqual([]);
  }));

test("a pack that was already taken, or holds nothing, is taken again", () =>
  inGitWorld(async (world) => {
    const { git, base } = await withBase(world);
    const changed = tree(world.remote.git, { "a.txt": "changed\n" });
    const pack = packOf(world.remote, [changed], [base.commit]);

    await Promise.all([git.receivePack(shop, pack), world.another().receivePack(shop, pack)]);
    await git.receivePack(shop, pack);
    await git.receivePack(shop, packOf(world.remote, [base.commit], [base.commit]));
    await git.receivePack(shop, new Uint8Array());

    expect(await git.problemsOf(shop, changed, base.tree)).toEqual([]);
  }));

test("objects that git would not let into a repository are refused and leave nothing", () =>
  inGitWorld(async (world) => {
    const { git, base } = await withBase(world);
    const blob = { mode: "100644", text: "x" };
    const evil = {
      mode: "100644",
      text: '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=id\n',
    };
    const bad: Record<string, Record<string, Entry>> = {
      "a git directory": { ".git": blob },
      "a git directory in capitals": { "sub/.GIT/config": blob },
      "a git directory with an invisible character": { ".g\u200cit": blob },
      "a git directory's short name": { "GIT~1": blob },
      "a parent folder": { "..": blob },
      "the folder itself": { ".": blob },
      "a missing object": { gone: { mode: "100644", sha: "1".repeat(40) } },
      "a mode of its own": { odd: { mode: "100777", text: "x" } },
      "hostile submodules": { ".gitmodules": evil },
    };

    for (const [what, files] of Object.entries(bad)) {
      const made = rawTree(world.remote, files);
      const taken = git.receivePack(shop, packOf(world.remote, [made], [base.commit]));
      const error = await taken.then(
        () => `took ${what}`,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ name: "PortError", port: "git", retryable: false });
    }
    expect(leftovers(world)).toEqual([]);
    expect(readdirSync(mirrorFile(world, "objects/pack")).filter(isTemporary)).toEqual([]);
  }));

test("what is no pack, a pack cut short and a pack too long are verdicts", () =>
  inGitWorld(
    async (world) => {
      const { git, base } = await withBase(world);
      const changed = tree(world.remote.git, { "a.txt": "changed\n" });
      const pack = packOf(world.remote, [changed], [base.commit]);

      const long = new Uint8Array(5_000);
      for (const bytes of [Buffer.from("no pack"), pack.subarray(0, 40), long]) {
        const error = await git.receivePack(shop, bytes).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ name: "PortError", port: "git", retryable: false });
      }
      expect(leftovers(world)).toEqual([]);
    },
    { limits: { maxPackBytes: 4_000 } },
  ));

test("a small pack that would swell into a huge object is stopped", () =>
  inGitWorld(
    async (world) => {
      const { git } = await withBase(world);

      const swollen = git.receivePack(shop, swellingPack(64 * 1024 * 1024));

      await expect(swollen).rejects.toMatchObject({ port: "git", retryable: false });
      expect(leftovers(world)).toEqual([]);
    },
    { limits: { maxObjectBytes: 32 * 1024 * 1024 } },
  ));

type Base = { readonly commit: string; readonly tree: string };

async function withBase(world: GitWorld): Promise<{ git: GitWorld["git"]; base: Base }> {
  const commit = world.branch("main", { "a.txt": "a\n" });
  await world.git.fetch(shop);
  return { git: world.git, base: { commit, tree: await world.git.treeOf(shop, commit) } };
}

/** A blob, and a delta on it that copies it until `size` bytes are reached. */
function swellingPack(size: number): Uint8Array {
  const base = Buffer.alloc(0xffff, "x");
  const copies = Math.ceil(size / base.length);
  const copy = Buffer.from([0b1011_0000, 0xff, 0xff]);
  const instructions = Buffer.concat(Array.from({ length: copies }, () => copy));
  const delta = Buffer.concat([varint(base.length), varint(copies * base.length), instructions]);
  const baseEntry = Buffer.concat([entryHead(3, base.length), deflateSync(base)]);
  const distance = Buffer.from(offset(baseEntry.length));
  const deltaEntry = Buffer.concat([entryHead(6, delta.length), distance, deflateSync(delta)]);
  const head = Buffer.concat([Buffer.from("PACK"), Buffer.from([0, 0, 0, 2, 0, 0, 0, 2])]);
  const body = Buffer.concat([head, baseEntry, deltaEntry]);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}

function entryHead(type: number, size: number): Buffer {
  const rest = Math.floor(size / 16);
  const first = type * 16 + (size % 16);
  return rest === 0
    ? Buffer.from([first])
    : Buffer.concat([Buffer.from([first + 128]), varint(rest)]);
}

function offset(distance: number): number[] {
  const bytes = [distance % 128];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift((rest % 128) + 128);
  }
  return bytes;
}

function mirrorFile({ dataDir }: GitWorld, path: string): string {
  return join(dataDir, "repos/4711-acme-shop/mirror.git", path);
}

function leftovers({ dataDir }: GitWorld): readonly string[] {
  const scratch = join(dataDir, "repos/4711-acme-shop/scratch");
  return existsSync(scratch) ? readdirSync(scratch) : ["no scratch folder"];
}

function isTemporary(name: string): boolean {
  return name.startsWith("tmp");
}
