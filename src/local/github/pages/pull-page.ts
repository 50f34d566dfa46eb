import { html } from "hono/html";
import { z } from "zod";
import { conversation } from "./issue-pages.ts";
import { button, type Markup, written } from "./layout.ts";
import type { Ask } from "./page-api.ts";

const author = z.object({ login: z.string() }).nullable();
const side = z.object({ ref: z.string(), sha: z.string() });
const pullShape = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  draft: z.boolean(),
  merged: z.boolean(),
  mergeable_state: z.string(),
  user: author,
  head: side,
  base: side,
});
const commitShape = z.object({ sha: z.string(), commit: z.object({ message: z.string() }) });
const fileShape = z.object({
  filename: z.string(),
  status: z.string(),
  patch: z.string().optional(),
});
const reviewShape = z.object({
  id: z.number(),
  user: author,
  state: z.string(),
  body: z.string(),
});
const checkShape = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      output: z.object({ title: z.string().nullable(), summary: z.string().nullable() }),
    }),
  ),
});

/** One pull request: text, checks, reviews, commits, diff, comments, and a button to merge it. */
export async function pullPage(ask: Ask, fullName: string, number: string): Promise<Markup> {
  const api = `/repos/${fullName}/pulls/${number}`;
  const pull = await ask(pullShape, "GET", api);
  const commits = await ask(z.array(commitShape), "GET", `${api}/commits?per_page=100`);
  const files = await ask(z.array(fileShape), "GET", `${api}/files?per_page=100`);
  const reviews = await ask(z.array(reviewShape), "GET", `${api}/reviews?per_page=100`);
  const checksPath = `/repos/${fullName}/commits/${pull.head.sha}/check-runs?per_page=100`;
  const { check_runs: checks } = await ask(checkShape, "GET", checksPath);
  const action = `/${fullName}/pull/${number}`;
  const state = pull.merged ? "merged" : pull.draft ? "draft" : pull.state;
  return html`<h1>${pull.title} <small>#${pull.number} · ${state} · ${pull.mergeable_state}</small></h1>
<p>${pull.user?.login} wants to merge <code>${pull.head.ref}</code> into <code>${pull.base.ref}</code>
${pull.state === "open" && !pull.draft ? button("Merge", `${action}/merge`, { sha: pull.head.sha }) : ""}</p>
<article>${written(pull.body)}</article>
<section><h2>Checks</h2><table>${checks.map(
    (
      check,
    ) => html`<tr><td>${check.name}</td><td>${check.conclusion ?? check.status}</td><td>${check.output.title}</td></tr>
<tr><td colspan="3">${written(check.output.summary)}</td></tr>`,
  )}</table></section>
<section><h2>Reviews</h2>${reviews.map(
    (review) =>
      html`<article id="pullrequestreview-${review.id}"><small>${review.user?.login} · ${review.state}</small>${written(review.body)}</article>`,
  )}${reviewForm(action)}</section>
<section><h2>Commits</h2><ul>${commits.map(
    ({ sha, commit }) =>
      html`<li><code>${sha.slice(0, 7)}</code> ${commit.message.split("\n")[0]}</li>`,
  )}</ul></section>
<section><h2>Files</h2>${files.map(
    (file) =>
      html`<h3>${file.filename} <small>${file.status}</small></h3><pre>${diffLines(file.patch ?? "")}</pre>`,
  )}</section>
${await conversation(ask, fullName, number)}`;
}

function reviewForm(action: string): Markup {
  return html`<form method="post" action="${action}/review"><textarea name="body" rows="2" cols="60"></textarea><br>
<button name="event" value="APPROVE">Approve</button> <button name="event" value="REQUEST_CHANGES">Request changes</button>
<button name="event" value="COMMENT">Comment</button></form>`;
}

function diffLines(patch: string): Markup {
  return html`${patch.split("\n").map((line) => {
    if (line.startsWith("+")) return html`<span class="add">${line}\n</span>`;
    if (line.startsWith("-")) return html`<span class="del">${line}\n</span>`;
    return html`${line}\n`;
  })}`;
}
