import { permissionFor } from "../../src/commands/authorize.ts";
import { commands } from "../../src/commands/index.ts";
import { LOCAL_TOOLS } from "../../src/harness/local-tools.ts";
import { tools } from "../../src/tools/index.ts";
import { webhooks } from "../../src/webhooks/index.ts";
import { readSettings } from "./env-example.ts";
import { renderModels } from "./model-list.ts";
import { permissionHead, permissionRows, sensitiveTools } from "./permissions.ts";
import { readRoutes } from "./routes.ts";
import { readTables, type Table } from "./tables.ts";

const HEAD = `# API reference

Written from the code by \`npm run docs:reference\`; do not edit it by hand. States have a page of their own: [STATES.md](STATES.md).

1. [Commands](#commands) · 2. [Events](#events) · 3. [Tools](#tools) · 4. [Local tools](#local-tools) · 5. [Settings](#settings) ·
6. [HTTP routes](#http-routes) · 7. [Tables](#tables)
`;

/** The text of docs/API_REFERENCE.md. */
export async function renderReference(): Promise<string> {
  const parts = [
    HEAD,
    renderCommands(),
    renderEvents(),
    renderTools(),
    renderPermissions(),
    renderLocalTools(),
    renderSettings(),
    renderModels(),
    await renderRoutes(),
    renderTables(await readTables()),
  ];
  return parts.join("\n");
}

function renderCommands(): string {
  const rows = commands.map(({ usage, summary, needs, flag, where, examples }) => [
    code(usage),
    summary,
    `${permissionFor(needs)} (${needs})${flag ? `; with ${code(flag.word)} ${permissionFor(flag.needs)}` : ""}`,
    where.map(threadName).join(", "),
    examples.map(code).join(", "),
  ]);
  return `## Commands

A command stands at the start of a line of a comment, outside of code and quotes. Permission is asked of GitHub each time. Commands
of bots, and those that come into a comment by editing it, are none.

${table(["command", "what it does", "least permission", "where", "examples"], rows)}
`;
}

const threadNames: Readonly<Record<string, string>> = {
  epic: "epic",
  task: "sub-issue",
  taskPullRequest: "task's pull request",
  epicPullRequest: "epic's pull request",
};

function threadName(thread: string): string {
  return threadNames[thread] ?? thread;
}

function renderEvents(): string {
  const events = webhooks.flatMap((webhook) => webhook.events.map((event) => `- ${code(event)}`));
  return `## Events

Deliveries of these are acted on. Others of the same events are stored and end there; other events are acknowledged and not
stored.

${events.join("\n")}
`;
}

function renderTools(): string {
  const entries = tools.map(
    ({ name, summary, needs, sensitive, inputSchema }) => `### ${code(name)}

${summary}

For: ${needs.join(", ")}.${sensitive ? " Sensitive: waits for a person in strict mode." : ""}

\`\`\`json
${JSON.stringify(inputSchema, null, 1)}
\`\`\`
`,
  );
  return `## Tools

What agents call over MCP (\`POST /mcp\`). The caller's epic and task come from its token, never from the arguments. Arguments that
are not named here are refused. The words are those the models read.

${entries.join("\n")}`;
}

function renderPermissions(): string {
  const sensitive = sensitiveTools().map(code).join(", ");
  return `### Who may call what

Sensitive are the calls that end or throw away what people asked for, beyond mending: ${sensitive}. None
lies on the way from a label to the epic's pull request. In strict mode such a call is checked as any other, stored, and answered with a
pending id; \`/ff approve\` lets it run, by \`run_approved\`, once and on what is true then. Every call is logged before and after,
in every mode. A test makes the call of each cell.

${table(permissionHead, permissionRows())}
`;
}

function renderLocalTools(): string {
  const rows = LOCAL_TOOLS.map(({ name, summary, inputSchema }) => [
    code(name),
    summary,
    Object.entries(inputSchema.properties)
      .map(([field, { type, description }]) => {
        const optional = inputSchema.required.includes(field) ? "" : ", optional";
        return `${code(field)} (${type}${optional}): ${description}`;
      })
      .join("<br>"),
  ]);
  return `## Local tools

What the built-in runner does inside the agent's own cell.

${table(["tool", "words for the model", "input"], rows)}
`;
}

function renderSettings(): string {
  const rows = readSettings().map(({ name, meaning, allowed, fallback }) => [
    code(name),
    meaning,
    allowed,
    fallback === null ? "" : code(fallback),
  ]);
  return `## Settings

Environment variables. \`NAME_FILE\` names a file that holds NAME's value. An empty one counts as not set. All mistakes are told at
once, by name.

${table(["variable", "meaning", "allowed", "default"], rows)}
`;
}

async function renderRoutes(): Promise<string> {
  const rows = (await readRoutes()).map(({ method, path, caller, meaning }) => [
    code(`${method} ${path}`),
    caller,
    meaning,
  ]);
  return `## HTTP routes

Of the web process. A life proves itself by its token, through its host's broker.

${table(["route", "who may call", "what it does"], rows)}
`;
}

function renderTables(tables: readonly Table[]): string {
  const entries = tables.map(({ name, meaning, columns, constraints }) => {
    const rows = columns.map((column) => [code(column.name), code(column.definition)]);
    const keys = constraints.map((constraint) => `- ${code(constraint)}`);
    return [
      `### ${code(name)}`,
      `${meaning}.`,
      table(["column", "definition"], rows),
      keys.join("\n"),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  });
  return `## Tables

In PostgreSQL, made by \`migrations/\`. Times are the database's own.

${entries.join("\n\n")}
`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
