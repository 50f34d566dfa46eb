import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createFakeProduct, type FakeProduct, type Script, serveLife } from "./fake-product.ts";

const PROGRAM = join(import.meta.dirname, "../../src/harness/main.ts");

export type Life = {
  readonly product: FakeProduct;
  readonly exitCode: number | null;
  readonly screen: string;
  /** Its worktree. */
  readonly folder: string;
};

export type LiveOptions = {
  readonly worktree?: boolean;
  /** The harness's own, after those it needs here. */
  readonly args?: readonly string[];
  /** Its worktree, where it is another life's. */
  readonly at?: string;
  /** Fills its worktree. */
  readonly prepare?: (worktree: string) => void;
};

const products: FakeProduct[] = [];

afterEach(() => {
  for (const { server } of products.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Runs one life of the runner to its end, outside of a cell, on a product with this script. */
export async function live(script: Script, options: LiveOptions = {}): Promise<Life> {
  const { worktree = true, args = [] } = options;
  const folder = options.at ?? temporaryFolder();
  options.prepare?.(folder);
  const product = createFakeProduct(script);
  products.push(product);
  const brokerDir = await serveLife(product, temporaryFolder());
  const environment = worktree ? { FACTORY_WORKTREE: folder } : {};
  const own = ["--broker-dir", brokerDir, "--attempts", "3", ...args];
  const child = spawn(process.execPath, [PROGRAM, ...own], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: temporaryFolder(), ...environment },
  });
  let screen = "";
  child.stdout.on("data", (chunk) => {
    screen += chunk;
  });
  child.stderr.on("data", (chunk) => {
    screen += chunk;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { product, exitCode, screen, folder };
}

/** What was asked for, from the first question on. */
export function pathsOf({ asked }: FakeProduct): readonly string[] {
  const paths = asked.map(({ path }) => path);
  return paths.slice(paths.indexOf("/v1/messages"));
}

export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder);
}

export function lastLine(screen: string): string {
  return screen.trimEnd().split("\n").at(-1) ?? "";
}
