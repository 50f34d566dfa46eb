// Plain HTML pages: what is there, and buttons that call the same handlers as the API.

import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { html } from "hono/html";
import { z } from "zod";
import type { Gate } from "../server/rest.ts";
import { fullNameOf } from "../views/repository.ts";
import type { World } from "../world.ts";
import { appForm } from "./app-form.ts";
import { issueList, issuePage } from "./issue-pages.ts";
import { type Markup, page } from "./layout.ts";
import {
  type Ask,
  askAs,
  gateOfPages,
  isForeign,
  PageError,
  PERSON_COOKIE,
  peopleOf,
  personOf,
} from "./page-api.ts";
import { pullPage } from "./pull-page.ts";

const anything = z.unknown();

/** The plain HTML view of everything. */
export function pagesApp(world: World, gate: Gate): Hono {
  const app = new Hono();
  const ownGate = gateOfPages(world, gate);
  const askOf = (c: Context) => askAs(world, ownGate, personOf(world, c));
  const show = async (c: Context, title: string, main: Markup) =>
    c.html(page(title, await main, { person: personOf(world, c), people: peopleOf(world) }));
  app.onError((error, c) => {
    if (!(error instanceof PageError) && !(error instanceof z.ZodError)) throw error;
    c.status(error instanceof PageError && error.status === 404 ? 404 : 422);
    return show(c, "Refused", html`<p>${error.message}</p>`);
  });
  app.notFound((c) => {
    c.status(404);
    return show(c, "Not found", html`<p>There is nothing at ${c.req.path}.</p>`);
  });
  app.route("/", appForm(world, show));
  app.use("*", (c, next) => {
    if (c.req.method === "POST" && isForeign(world, c))
      throw new PageError(403, "Sent by another site");
    return next();
  });
  app.get("/", (c) => show(c, "Repositories", repositoryList(world)));
  app.post("/login", async (c) => {
    const { login } = await fieldsOf(c);
    setCookie(c, PERSON_COOKIE, login ?? "", { path: "/", httpOnly: true, sameSite: "Strict" });
    return c.redirect(backTo(c), 303);
  });
  addIssuePages(app, askOf, show);
  addPullPages(app, askOf, show);
  return app;
}

type AskOf = (c: Context) => Ask;
type Show = (c: Context, title: string, main: Markup) => Promise<Response>;

function addIssuePages(app: Hono, askOf: AskOf, show: Show): void {
  app.get("/:owner/:repo", (c) => c.redirect(`/${nameOf(c)}/issues`));
  app.get("/:owner/:repo/issues", async (c) =>
    show(c, nameOf(c), await issueList(askOf(c), nameOf(c), "issues")),
  );
  app.get("/:owner/:repo/issues/:number", async (c) =>
    show(c, nameOf(c), await issuePage(askOf(c), nameOf(c), c.req.param("number"))),
  );
  app.post("/:owner/:repo/issues", async (c) => {
    const made = z.object({ number: z.number() });
    const { title = "", body = "" } = await fieldsOf(c);
    const issue = await askOf(c)(made, "POST", `/repos/${nameOf(c)}/issues`, { title, body });
    return c.redirect(`/${nameOf(c)}/issues/${issue.number}`, 303);
  });
  app.post("/:owner/:repo/issues/:number/:action", async (c) => {
    const { number, action } = c.req.param();
    const fields = await fieldsOf(c);
    const api = `/repos/${nameOf(c)}/issues/${number}`;
    const { name = "" } = fields;
    const ask = askOf(c);
    if (action === "comment") await ask(anything, "POST", `${api}/comments`, { body: fields.body });
    if (action === "label") await ask(anything, "POST", `${api}/labels`, { labels: [name] });
    if (action === "unlabel") {
      await ask(anything, "DELETE", `${api}/labels/${encodeURIComponent(name)}`);
    }
    if (action === "state") await ask(anything, "PATCH", api, { state: fields.state });
    return c.redirect(backTo(c), 303);
  });
}

function addPullPages(app: Hono, askOf: AskOf, show: Show): void {
  app.get("/:owner/:repo/pulls", async (c) =>
    show(c, nameOf(c), await issueList(askOf(c), nameOf(c), "pull")),
  );
  app.get("/:owner/:repo/pull/:number", async (c) =>
    show(c, nameOf(c), await pullPage(askOf(c), nameOf(c), c.req.param("number"))),
  );
  app.post("/:owner/:repo/pull/:number/:action", async (c) => {
    const { number, action } = c.req.param();
    const { sha, event, body } = await fieldsOf(c);
    const api = `/repos/${nameOf(c)}/pulls/${number}`;
    const ask = askOf(c);
    if (action === "merge") await ask(anything, "PUT", `${api}/merge`, { sha });
    if (action === "review") await ask(anything, "POST", `${api}/reviews`, { event, body });
    return c.redirect(`/${nameOf(c)}/pull/${number}`, 303);
  });
}

function repositoryList(world: World): Markup {
  const rows = world.tables.repositories.find({}).filter((row) => row.key !== "");
  return html`<ul>${rows.map((row) => {
    const name = fullNameOf(world, row);
    return html`<li><a href="/${name}/issues">${name}</a></li>`;
  })}</ul>`;
}

function nameOf(c: Context): string {
  return `${c.req.param("owner")}/${c.req.param("repo")}`;
}

async function fieldsOf(c: Context): Promise<Readonly<Record<string, string>>> {
  const fields = await c.req.parseBody();
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}

function backTo(c: Context): string {
  const from = c.req.header("referer");
  return from === undefined ? "/" : new URL(from).pathname;
}
