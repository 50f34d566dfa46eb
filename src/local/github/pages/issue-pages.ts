import { html } from "hono/html";
import { z } from "zod";
import { button, type Markup, written } from "./layout.ts";
import type { Ask } from "./page-api.ts";

const author = z.object({ login: z.string() }).nullable();
const label = z.object({ name: z.string() });
const issueShape = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  user: author,
  labels: z.array(label),
  pull_request: z.object({}).optional(),
  sub_issues_summary: z.object({ total: z.number(), completed: z.number() }),
});
const commentShape = z.object({
  id: z.number(),
  body: z.string(),
  user: author,
  created_at: z.string(),
  minimized: z.object({}).nullable(),
});

export type IssueShape = z.infer<typeof issueShape>;

/** The list of issues, or of pull requests. */
export async function issueList(
  ask: Ask,
  fullName: string,
  kind: "issues" | "pull",
): Promise<Markup> {
  const all = await ask(
    z.array(issueShape),
    "GET",
    `/repos/${fullName}/issues?state=all&per_page=100`,
  );
  const rows = all.filter((issue) => (issue.pull_request !== undefined) === (kind === "pull"));
  return html`<p><a href="/${fullName}/issues">Issues</a> · <a href="/${fullName}/pulls">Pull requests</a></p>
<table><tr><th>#</th><th>Title</th><th>State</th><th>Labels</th></tr>${rows.map(
    (issue) => html`<tr><td>${issue.number}</td>
<td><a href="/${fullName}/${kind}/${issue.number}">${issue.title}</a></td>
<td>${issue.state}</td><td>${tags(issue)}</td></tr>`,
  )}</table>
${kind === "issues" ? newIssueForm(fullName) : ""}`;
}

/** One issue: text, labels, sub-issues, comments, and what can be done. */
export async function issuePage(ask: Ask, fullName: string, number: string): Promise<Markup> {
  const api = `/repos/${fullName}/issues/${number}`;
  const issue = await ask(issueShape, "GET", api);
  const children = await ask(z.array(issueShape), "GET", `${api}/sub_issues?per_page=100`);
  const blockers = await ask(
    z.array(issueShape),
    "GET",
    `${api}/dependencies/blocked_by?per_page=100`,
  );
  const line = (row: IssueShape) =>
    html`<li>${row.state === "closed" ? "☑" : "☐"} <a href="/${fullName}/issues/${row.number}">#${row.number} ${row.title}</a></li>`;
  const action = `/${fullName}/issues/${number}`;
  return html`<h1>${issue.title} <small>#${issue.number} · ${issue.state}</small></h1>
<p>${tags(issue)} ${issue.labels.map(({ name }) => button(`Remove ${name}`, `${action}/unlabel`, { name }))}</p>
<form method="post" action="${action}/label"><input name="name" placeholder="label" required> <button>Add label</button></form>
<article><small>${issue.user?.login}</small>${written(issue.body)}</article>
${children.length === 0 ? "" : html`<section><h2>Sub-issues</h2><ul>${children.map(line)}</ul></section>`}
${blockers.length === 0 ? "" : html`<section><h2>Blocked by</h2><ul>${blockers.map(line)}</ul></section>`}
${await conversation(ask, fullName, number)}
${issue.state === "open" ? button("Close issue", `${action}/state`, { state: "closed" }) : button("Reopen issue", `${action}/state`, { state: "open" })}`;
}

/** The comments of an issue or pull request, and the form for one more. */
export async function conversation(ask: Ask, fullName: string, number: string): Promise<Markup> {
  const path = `/repos/${fullName}/issues/${number}/comments?per_page=100`;
  const comments = await ask(z.array(commentShape), "GET", path);
  return html`${comments.map(
    (comment) =>
      html`<article id="issuecomment-${comment.id}"><small>${comment.user?.login} · ${comment.created_at}${comment.minimized === null ? "" : " · hidden"}</small>${written(comment.body)}</article>`,
  )}
<form method="post" action="/${fullName}/issues/${number}/comment"><textarea name="body" rows="4" cols="60" required></textarea><br><button>Comment</button></form>`;
}

function tags(issue: IssueShape): Markup {
  return html`${issue.labels.map(({ name }) => html`<span class="tag">${name}</span> `)}`;
}

function newIssueForm(fullName: string): Markup {
  return html`<section><h2>New issue</h2><form method="post" action="/${fullName}/issues">
<input name="title" placeholder="Title" size="60" required><br><textarea name="body" rows="4" cols="60"></textarea><br><button>Open issue</button></form></section>`;
}
