import { hostname } from "node:os";
import { z } from "zod";
import { secret, secretUrl, text } from "./shapes.ts";

/** Who we are to GitHub and the provider, and where the product's own parts are. */
export const connections = {
  APP_ID: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("The GitHub App's id"),
  PRIVATE_KEY: secret.optional().describe("The App's private key (PEM); \\n for line ends"),
  WEBHOOK_SECRET: secret.optional().describe("The App's webhook secret"),
  GHE_HOST: text
    .refine(
      isHost,
      "must be a host, with a port where it has one, as in ghe.example.com; its protocol is GHE_PROTOCOL",
    )
    .optional()
    .describe("Host of a GitHub Enterprise Server; github.com without it"),
  GHE_PROTOCOL: z.enum(["http", "https"]).default("https").describe("Protocol of GHE_HOST"),
  HOST: text.default("127.0.0.1").describe("Address the web process listens on"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe("Port it listens on"),
  DATABASE_URL: secretUrl(["postgres://", "postgresql://"])
    .optional()
    .describe("PostgreSQL; required by npm start"),
  REDIS_URL: secretUrl(["redis://", "rediss://", "/"])
    .optional()
    .describe("Redis; required by npm start"),
  REDIS_PREFIX: text.default("factory").describe("Prefix of the queues' keys"),
  ANTHROPIC_API_KEY: secret.optional().describe("Key of the model provider"),
  ANTHROPIC_AUTH_TOKEN: secret
    .optional()
    .describe("Bearer token of the provider, instead of a key"),
  ANTHROPIC_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .default("https://api.anthropic.com")
    .describe("The provider, or any compatible one"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Logs at and above this level"),
  DATA_DIR: text.optional().describe("Folder of mirrors, worktrees, cells and logs"),
  RUNTIME_DIR: text.optional().describe("Short folder for unix sockets"),
  HOST_NAME: text.default(hostname()).describe("Name of this worker host"),
  BROKER_SOCKET: text.optional().describe("Control socket of this host's broker"),
  BROKER_SECRET: secret.optional().describe("Shared by the broker and the web process"),
} as const;

function isHost(value: string): boolean {
  return !/[/@\s?#]/.test(value) && URL.canParse(`https://${value}`);
}
