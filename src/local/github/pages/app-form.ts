// Registering an App from a manifest, as Probot's set-up page does it: GitHub shows what the App asks
// for, a person presses the button, and the browser goes back with a code.

import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { ensureUser } from "../accounts.ts";
import { acceptManifest, manifestSchema } from "../routes/manifest.ts";
import type { World } from "../world.ts";
import type { Markup } from "./layout.ts";
import { isForeign } from "./page-api.ts";

type Show = (c: Context, title: string, main: Markup) => Promise<Response>;

const OWNER = "acme";

/** The routes of the form; `show` puts its content into a page. */
export function appForm(world: World, show: Show): Hono {
  const app = new Hono();
  const addresses = ["/settings/apps/new", "/organizations/:owner/settings/apps/new"] as const;
  for (const address of addresses) {
    app.get(address, (c) => show(c, "New GitHub App", emptyForm(c.req.path)));
    app.post(address, async (c) => {
      const fields = await c.req.parseBody();
      const text = String(fields.manifest ?? "");
      const state = c.req.query("state") ?? String(fields.state ?? "");
      // The manifest itself comes from the App's own server; only our page may say yes to it.
      if (fields.confirmed !== "yes" || isForeign(world, c)) {
        return show(c, "New GitHub App", confirmation(c.req.path, text, state));
      }
      const manifest = manifestSchema.parse(JSON.parse(text));
      const login = c.req.param("owner") ?? OWNER;
      const owner = ensureUser(world, { login, type: "Organization" });
      const { code } = acceptManifest(world, manifest, owner);
      if (manifest.redirect_url === undefined) return c.text(`code=${code}`);
      const target = new URL(manifest.redirect_url);
      target.searchParams.set("code", code);
      if (state !== "") target.searchParams.set("state", state);
      return c.redirect(target.href);
    });
  }
  return app;
}

function emptyForm(action: string): Markup {
  return html`<p>Paste a GitHub App manifest.</p><form method="post" action="${action}">
<textarea name="manifest" rows="20" cols="80"></textarea><br><button>Go on</button></form>`;
}

function confirmation(action: string, manifest: string, state: string): Markup {
  const {
    name,
    default_permissions: permissions = {},
    default_events: events = [],
  } = manifestSchema.parse(JSON.parse(manifest));
  return html`<h1>Create ${name ?? "an App"}?</h1>
<p>It asks for these permissions:</p><ul>${Object.entries(permissions).map(([what, level]) => html`<li>${what}: ${level}</li>`)}</ul>
<p>and these events: ${events.join(", ")}</p>
<form method="post" action="${action}"><input type="hidden" name="manifest" value="${manifest}">
<input type="hidden" name="state" value="${state}"><input type="hidden" name="confirmed" value="yes">
<button>Create GitHub App</button></form>
<details><summary>The manifest</summary><pre>${manifest}</pre></details>`;
}
