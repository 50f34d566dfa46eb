import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { type Child, startChild } from "../../src/local/embedded/child.ts";
import { resolveServers } from "../../src/local/embedded/resolve-servers.ts";
import { closeOnce } from "./open-stages.ts";

// The product's web process with real servers, in front of a provider that only streams.

export type WebStage = {
  readonly url: string;
  readonly pid: number;
  readonly databaseUrl: string;
  readonly providerUrl: string;
  readonly stop: () => Promise<void>;
};

const root = join(import.meta.dirname, "../..");

/** @param provider where it is, or what one of our own streams: events, one every so many ms */
export async function startWebStage(
  folder: string,
  provider: { readonly events: number; readonly everyMs: number } | { readonly url: string },
): Promise<WebStage> {
  const servers = await resolveServers({ env: {}, dataDir: join(folder, "data"), durable: true });
  const path = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/" };
  const floor = "url" in provider ? null : await startProvider(folder, provider, path);
  const providerUrl = "url" in provider ? provider.url : `http://127.0.0.1:${floor?.ready[1]}`;
  const web = await startChild({
    name: "web",
    program: process.execPath,
    args: [join(root, "src/main.ts")],
    env: { ...path, ...environment(servers, providerUrl) },
    cwd: root,
    logFile: join(folder, "web.log"),
    ready: /"url":"(http:[^"]+)"/,
  });
  const stop = closeOnce(async () => {
    await web.stop();
    await floor?.stop();
    await servers.stop();
  });
  return {
    url: web.ready[1] ?? "",
    pid: web.pid,
    databaseUrl: servers.databaseUrl,
    providerUrl,
    stop,
  };
}

async function startProvider(
  folder: string,
  { events, everyMs }: { readonly events: number; readonly everyMs: number },
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  return await startChild({
    name: "provider",
    program: process.execPath,
    args: [join(root, "bench/floors/provider.ts"), String(events), String(everyMs)],
    env,
    cwd: root,
    logFile: join(folder, "provider.log"),
    ready: /provider ready: (\d+)/,
  });
}

function environment(
  { databaseUrl, redisUrl }: { readonly databaseUrl: string; readonly redisUrl: string },
  providerUrl: string,
): Readonly<Record<string, string>> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    APP_ID: "1",
    PRIVATE_KEY: privateKey.replaceAll("\n", "\\n"),
    WEBHOOK_SECRET: "bench",
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORT: "0",
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: providerUrl,
  };
}
