// `npm run local:github`: a GitHub on this machine, with one App, one person, and perhaps one repository.

import { writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { controlClient } from "./control-client.ts";
import { branchToImport } from "./git/bare-repository.ts";
import { type LocalGitHub, startLocalGitHub } from "./start.ts";

const HELP = `npm run local:github -- --port N [options]

Serves a GitHub on 127.0.0.1: REST, GraphQL, git over HTTP, webhooks, pages.
Prints the environment lines that point \`npm start\` at it.

  --port N            where to listen (0 takes a free port)
  --repo PATH         a local git repository to serve as acme/<its folder's name>
  --data DIR          what it keeps between runs (default .data/local-github)
  --webhook-url URL   where the App's webhooks go (default http://127.0.0.1:3000/api/github/webhooks)
  --record FILE       append every answer and webhook to FILE as lines of JSON
  --limits real       GitHub's limits on creating content: 80 a minute, 500 an hour
  --help              this text
`;

const OWNER = "acme";
const PERSON = "dana";
const APP_NAME = "FactoryFactory";
const PERMISSIONS = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  statuses: "read",
} as const;
const EVENTS = [
  "issues",
  "sub_issues",
  "issue_dependencies",
  "issue_comment",
  "label",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "check_run",
  "check_suite",
  "push",
  "create",
  "delete",
  "status",
  "repository",
];

type Settings = {
  readonly port: number;
  readonly repo: string | null;
  readonly data: string;
  readonly webhookUrl: string;
  readonly record: string | null;
  readonly limits: "easy" | "real";
};

/** Runs the program; the exit status, or null when it goes on serving. */
export async function main(args: readonly string[]): Promise<number | null> {
  const settings = settingsOrMistake(args);
  if (typeof settings === "string") {
    process.stderr.write(`local GitHub: ${settings}; see --help\n`);
    return 2;
  }
  if (settings === null) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    await checkRepository(settings.repo);
    const { port, data: dataDir, record, limits } = settings;
    const github = await startLocalGitHub({ port, dataDir, record, limits });
    const lines = await furnish(github, settings);
    process.stdout.write(`${lines.join("\n")}\n`);
    stopOnSignals(github);
    return null;
  } catch (error) {
    process.stderr.write(`local GitHub: ${sentenceOf(error, args)}\n`);
    return 1;
  }
}

function settingsOrMistake(args: readonly string[]): Settings | null | string {
  try {
    return readSettings(args);
  } catch (error) {
    return sentenceOf(error, args);
  }
}

function readSettings(args: readonly string[]): Settings | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      repo: { type: "string" },
      data: { type: "string", default: ".data/local-github" },
      "webhook-url": { type: "string", default: "http://127.0.0.1:3000/api/github/webhooks" },
      record: { type: "string" },
      limits: { type: "string", default: "easy" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const port = Number(values.port ?? Number.NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error("--port needs a number from 0 to 65535");
  }
  if (values.limits !== "easy" && values.limits !== "real") {
    throw new Error("--limits is easy or real");
  }
  return {
    port,
    repo: values.repo === undefined ? null : resolve(values.repo),
    data: resolve(values.data),
    webhookUrl: values["webhook-url"],
    record: values.record ?? null,
    limits: values.limits,
  };
}

async function checkRepository(path: string | null): Promise<void> {
  if (path === null || (await branchToImport(path)) !== null) return;
  throw new Error(`--repo ${path} is no git repository with at least one commit on a branch`);
}

// Everything here may be there already, from an earlier run on the same folder.
async function furnish(github: LocalGitHub, settings: Settings): Promise<readonly string[]> {
  const control = controlClient(github.url, github.controlToken);
  const person = await control.createUser(PERSON);
  const slug = APP_NAME.toLowerCase();
  const { webhookUrl } = settings;
  const wish = { name: APP_NAME, owner: OWNER, permissions: PERMISSIONS, events: EVENTS };
  const known = (await control.state()).apps?.some((app) => app["slug"] === slug) ?? false;
  const app = known
    ? await control.setWebhookUrl(slug, webhookUrl)
    : await control.registerApp({ ...wish, webhookUrl });
  await control.installApp(slug, OWNER);
  const files = writeSecrets(github.dataDir, {
    "app-private-key.pem": app.privateKey,
    "webhook-secret": app.webhookSecret,
    "person-token": person.token,
  });
  const repository = await serveRepository(control, settings.repo);
  const host = new URL(github.url).host;
  return [
    `# Local GitHub at ${github.url}, data in ${github.dataDir}`,
    ...(repository === null ? [] : [`# Repository ${github.url}/${repository}`]),
    `# ${PERSON} may write; personal token in ${files["person-token"]}`,
    `# Control token in ${join(github.dataDir, "control-token")}`,
    `APP_ID=${app.id}`,
    `PRIVATE_KEY_FILE=${files["app-private-key.pem"]}`,
    `WEBHOOK_SECRET_FILE=${files["webhook-secret"]}`,
    `GHE_HOST=${host}`,
    "GHE_PROTOCOL=http",
  ];
}

async function serveRepository(
  control: ReturnType<typeof controlClient>,
  path: string | null,
): Promise<string | null> {
  if (path === null) return null;
  const name = basename(path).replace(/[^\w.-]+/gu, "-");
  const repository = await control.createRepository({ owner: OWNER, name, from: path });
  await control.setRole(repository.fullName, PERSON, "admin");
  return repository.fullName;
}

function writeSecrets<Name extends string>(
  dataDir: string,
  secrets: Readonly<Record<Name, string>>,
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, value] of Object.entries<string>(secrets)) {
    files[name] = join(dataDir, name);
    writeFileSync(files[name], value, { mode: 0o600 });
  }
  return files;
}

function stopOnSignals(github: LocalGitHub): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void github.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function sentenceOf(error: unknown, args: readonly string[]): string {
  const { message, code } =
    error instanceof Error
      ? { code: "", ...error, message: error.message }
      : { message: String(error), code: "" };
  if (code === "EADDRINUSE")
    return `port ${args[args.indexOf("--port") + 1]} is taken; choose another with --port`;
  return message.split("\n")[0] ?? message;
}

if (import.meta.main) {
  const status = await main(process.argv.slice(2));
  if (status !== null) process.exitCode = status;
}
