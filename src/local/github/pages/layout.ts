import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { UserRow } from "../store/accounts.ts";

/** A piece of a page; whatever was put into it is escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#1f2328}
header{display:flex;gap:1rem;align-items:center;border-bottom:1px solid #d1d9e0;padding-bottom:.5rem}
header form{margin-left:auto}article,section{border:1px solid #d1d9e0;border-radius:6px;padding:.5rem 1rem;margin:1rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere}.tag{border-radius:1rem;padding:0 .6rem;background:#ddf4ff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .5rem;border-bottom:1px solid #eee}
.add{color:#116329}.del{color:#82071e}small{color:#59636e}`;

/** A whole page around `main`, with the switcher of persons. */
export function page(
  title: string,
  main: Markup,
  switcher: { readonly person: UserRow | null; readonly people: readonly UserRow[] },
): Markup {
  const { person, people } = switcher;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head>
<body><header><a href="/">Local GitHub</a><strong>${title}</strong>
<form method="post" action="/login">
<label>Signed in as <select name="login">${people.map(
    (one) => html`<option ${one.id === person?.id ? "selected" : ""}>${one.login}</option>`,
  )}</select></label> <button>Switch</button></form></header>
<main>${main}</main></body></html>`;
}

/** A button that posts to an address, with hidden fields. */
export function button(
  label: string,
  action: string,
  fields: Readonly<Record<string, string>> = {},
): Markup {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="${action}" style="display:inline">${hidden}<button>${label}</button></form>`;
}

/** A text somebody wrote, as they wrote it. */
export function written(text: string | null): Markup {
  return html`<pre>${text ?? ""}</pre>`;
}
