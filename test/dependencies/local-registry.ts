import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

// A small package registry over HTTP, as npm and Python's index speak it.

export type LocalRegistry = {
  readonly url: string;
  /** Every request it got: method and path. */
  readonly asked: readonly string[];
  /** The headers of the last request. */
  readonly lastHeaders: () => IncomingMessage["headers"];
  /** Answers with this status from now on; null: as it should. */
  readonly breakWith: (status: number | null) => void;
  readonly close: () => Promise<void>;
};

export type LocalPackage = {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
};

export async function startLocalRegistry(
  packages: readonly LocalPackage[],
  other: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<LocalRegistry> {
  const asked: string[] = [];
  let headers: IncomingMessage["headers"] = {};
  let broken: number | null = null;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    headers = request.headers;
    if (broken !== null) response.writeHead(broken).end("broken");
    else if (!other(request, response)) serve(packages, request, response);
  });
  const url = await listen(server);
  return {
    url,
    asked,
    lastHeaders: () => headers,
    breakWith: (status) => {
      broken = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(
  packages: readonly LocalPackage[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(request.url ?? "");
  const found = packages.find(({ name }) => `${path}/`.startsWith(`/${name}/`));
  if (found === undefined) {
    response.writeHead(404).end("{}");
    return;
  }
  if (path.endsWith(".tgz")) {
    const body = tarball(found);
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(body);
    return;
  }
  const body = JSON.stringify(document(found, `http://${request.headers.host}`));
  response.writeHead(200, { "content-type": "application/json" }).end(body);
}

function document(found: LocalPackage, base: string): object {
  const { name, version } = found;
  const dist = { tarball: `${base}/${name}/-/${name}-${version}.tgz`, integrity: integrity(found) };
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { name, version, dist } },
  };
}

/** What a lock file that was written against the public registry says. */
export function npmLock(packages: readonly LocalPackage[]): string {
  const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  const entries = packages.map((one) => [
    `node_modules/${one.name}`,
    {
      version: one.version,
      resolved: `https://registry.npmjs.org/${one.name}/-/${one.name}-${one.version}.tgz`,
      integrity: integrity(one),
      hasInstallScript: true,
    },
  ]);
  return JSON.stringify({
    name: "shop",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": { name: "shop", version: "1.0.0", dependencies },
      ...Object.fromEntries(entries),
    },
  });
}

/** The manifest that belongs to {@link npmLock}. */
export function npmManifest(packages: readonly LocalPackage[], more: object = {}): string {
  const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  return JSON.stringify({ name: "shop", version: "1.0.0", dependencies, ...more });
}

function integrity(found: LocalPackage): string {
  return `sha512-${createHash("sha512").update(tarball(found)).digest("base64")}`;
}

/** Packed once: a large package is asked for often. */
const packed = new WeakMap<LocalPackage, Buffer>();

function tarball(one: LocalPackage): Buffer {
  const known = packed.get(one) ?? pack(one);
  packed.set(one, known);
  return known;
}

function pack({ name, version, files }: LocalPackage): Buffer {
  const manifest = JSON.stringify({
    name,
    version,
    scripts: { install: "echo ran > ran.txt" },
    ...(files["bin.js"] === undefined ? {} : { bin: { [name]: "bin.js" } }),
  });
  const all = { "package.json": manifest, ...files };
  const parts = Object.entries(all).map(([file, text]) => entry(`package/${file}`, text));
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

/** One file of a ustar archive. */
function entry(name: string, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000755\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header, body, padding]);
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve(`http://127.0.0.1:${port}`);
    }),
  );
}
