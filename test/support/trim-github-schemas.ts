// Makes test/fixtures/github/ anew: the parts of GitHub's published descriptions that the local
// GitHub serves, without any prose. Run by hand when a route or an event is added:
//   node test/support/trim-github-schemas.ts

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { restRoutes } from "../../src/local/github/routes/index.ts";

const OPENAPI_PACKAGE = "@octokit/openapi@23.0.2";
const WEBHOOKS_PACKAGE = "@octokit/openapi-webhooks@12.1.0";
const DESCRIPTION = "package/generated/api.github.com.json";
const FIXTURES = fileURLToPath(new URL("../fixtures/github/", import.meta.url));

// The names of the webhooks that the local GitHub sends.
const WEBHOOK_NAMES =
  /^(issues-(opened|closed|reopened|edited|labeled|unlabeled|assigned|unassigned)|issue-comment-|sub-issues-|issue-dependencies-|label-|push$|create$|delete$|status$|check-run-|check-suite-|pull-request-(opened|closed|reopened|edited|synchronize|labeled|unlabeled|assigned|unassigned|ready-for-review|converted-to-draft)$|pull-request-review-(submitted|dismissed)$|pull-request-review-comment-created$|repository-(created|renamed)$|installation-(created|deleted|suspend|unsuspend|new-permissions-accepted|repositories-added|repositories-removed)$)/u;

const PROSE = new Set([
  "description",
  "title",
  "summary",
  "example",
  "examples",
  "externalDocs",
  "default",
  "deprecated",
  "readOnly",
]);

type Node = { readonly [key: string]: unknown };

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "github-schemas-"));
  try {
    const openapi = await fetchDescription(folder, OPENAPI_PACKAGE);
    await save("rest.json", trimRest(openapi));
    const webhooks = await fetchDescription(folder, WEBHOOKS_PACKAGE);
    await save("webhooks.json", trimWebhooks(webhooks));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchDescription(folder: string, name: string): Promise<Node> {
  const run = promisify(execFile);
  const { stdout } = await run("npm", ["pack", "--silent", name], { cwd: folder });
  const archive = stdout.trim().split("\n").at(-1) ?? "";
  await run("tar", ["-xzf", archive, DESCRIPTION], { cwd: folder });
  return asNode(JSON.parse(await readFile(join(folder, DESCRIPTION), "utf8")));
}

async function save(name: string, value: unknown): Promise<void> {
  await writeFile(join(FIXTURES, name), `${JSON.stringify(value)}\n`);
}

function trimRest(description: Node): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, template } of restRoutes) {
    const operation = at(description, ["paths", template, method.toLowerCase()]);
    if (operation === null) throw new Error(`${method} ${template} is not in the description`);
    paths[template] ??= {};
    paths[template][method.toLowerCase()] = trimOperation(description, operation);
  }
  const rateLimit = at(description, ["paths", "/rate_limit", "get"]);
  if (rateLimit !== null) paths["/rate_limit"] = { get: trimOperation(description, rateLimit) };
  return { paths, schemas: reachable(description, paths) };
}

function trimOperation(description: Node, operation: Node): unknown {
  const responses: Record<string, unknown> = {};
  for (const [status, response] of Object.entries(asNode(operation["responses"]))) {
    const content = at(follow(description, response), ["content"]) ?? {};
    responses[status] = stripProse(schemaOf(content));
  }
  const body = at(operation, ["requestBody", "content"]);
  const text = JSON.stringify(operation);
  return {
    operationId: operation["operationId"],
    // The two ways in which the description marks what counts against the limit on content.
    content:
      text.includes('"triggersNotification":true') || text.includes("Creating content too quickly"),
    request: body === null ? null : stripProse(schemaOf(body)),
    responses,
  };
}

function trimWebhooks(description: Node): unknown {
  const webhooks: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(asNode(description["webhooks"]))) {
    if (!WEBHOOK_NAMES.test(name)) continue;
    const content = at(asNode(item), ["post", "requestBody", "content"]);
    webhooks[name] = stripProse(schemaOf(content ?? {}));
  }
  return { webhooks, schemas: reachable(description, webhooks) };
}

// Some answers are `application/json`, a few `application/scim+json` and the like: the first one counts.
function schemaOf(content: Node): unknown {
  const [media] = Object.entries(content)
    .filter(([type]) => type.includes("json"))
    .map(([, value]) => value);
  return media === undefined ? null : (asNode(media)["schema"] ?? null);
}

function reachable(description: Node, roots: unknown): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  const waiting = refsIn(roots);
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    if (schemas[ref] !== undefined) continue;
    schemas[ref] = stripProse(at(description, ["components", "schemas", ref]));
    waiting.push(...refsIn(schemas[ref]));
  }
  return schemas;
}

function refsIn(value: unknown): string[] {
  const found = JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/gu);
  return [...found].map((match) => match[1] ?? "");
}

/** A schema without prose: keywords are stripped, properties that happen to be called the same are not. */
export function stripProse(value: unknown, insideProperties = false): unknown {
  if (Array.isArray(value)) return value.map((item) => stripProse(item));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key]) => insideProperties || !(PROSE.has(key) || key.startsWith("x-")),
  );
  return Object.fromEntries(
    kept.map(([key, item]) => [key, stripProse(item, !insideProperties && key === "properties")]),
  );
}

function follow(description: Node, value: unknown): Node {
  const node = asNode(value);
  const ref = node["$ref"];
  return typeof ref === "string" ? (at(description, ref.slice(2).split("/")) ?? {}) : node;
}

function at(node: Node, path: readonly string[]): Node | null {
  let current: unknown = node;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return null;
    current = asNode(current)[key];
  }
  return current === undefined ? null : asNode(current);
}

function asNode(value: unknown): Node {
  if (typeof value !== "object" || value === null) throw new Error("not an object");
  // Any non-null object can be read by string keys.
  return value as Node;
}
