import { expect, test } from "vitest";
import { onGitHub, pushFile, SHOP } from "../../support/github-world.ts";

async function pageAt(url: string, person = "dana"): Promise<string> {
  const response = await fetch(url, { headers: { cookie: `local-github-person=${person}` } });
  return response.text();
}

function press(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const cookie = "local-github-person=dana";
  const body = new URLSearchParams(fields);
  return fetch(url, { method: "POST", body, redirect: "manual", headers: { cookie, ...headers } });
}

test("an issue's page shows text, labels, sub-issues and comments, all escaped (T1)", () =>
  onGitHub(async ({ url, bot }) => {
    const title = "<script>alert(1)</script>";
    const wish = { ...SHOP, title, body: '"><img src=x>', labels: ["<b>"] };
    const { data: issue } = await bot.issues.create(wish);
    const { data: task } = await bot.issues.create({ ...SHOP, title: "A task" });
    const add = "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues";
    const at = { ...SHOP, issue_number: issue.number };
    await bot.request(add, { ...at, sub_issue_id: task.id });
    await bot.issues.createComment({ ...at, body: "<i>said</i>" });

    const page = await pageAt(issue.html_url);

    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toMatch(/<script>|<img|<i>|<b>/u);
    expect(page).toContain("A task");
    expect(page).toContain("&lt;i&gt;said&lt;/i&gt;");
    expect(await pageAt(`${url}/acme/shop/issues`)).toContain(`/acme/shop/issues/${issue.number}`);
  }));

test("a pull request's page shows it all, and its button merges as the person chosen (T1)", () =>
  onGitHub(async ({ bot, cloneAs, dana }) => {
    const clone = await cloneAs(dana.token, "clone");
    const sha = await pushFile(clone, "feature", { path: "a.txt", text: "<new>\n" });
    const wish = { ...SHOP, title: "Add it", head: "feature", base: "main" };
    const { data: pull } = await bot.pulls.create(wish);
    await bot.checks.create({ ...SHOP, name: "verify", head_sha: sha, conclusion: "success" });

    const page = await pageAt(pull.html_url);
    await press(`${pull.html_url}/merge`, { sha });

    for (const part of ["+&lt;new&gt;", "verify", "success", "Merge", "Change a.txt"]) {
      expect(page).toContain(part);
    }
    const { data: merged } = await bot.pulls.get({ ...SHOP, pull_number: pull.number });
    expect(merged.merged_by?.login).toBe("dana");
  }));

test("a label and a comment from the pages are that person's (T1)", () =>
  onGitHub(async ({ bot, settled }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Epic" });
    await press(`${issue.html_url}/label`, { name: "epic" });
    await press(`${issue.html_url}/comment`, { body: "/ff status" });

    const at = { ...SHOP, issue_number: issue.number };
    const { data: comments } = await bot.issues.listComments(at);

    expect(comments.map(({ user, body }) => [user?.login, body])).toEqual([["dana", "/ff status"]]);
    expect(await settled()).toContain("issues.labeled");
  }));

test("a form sent by another site is refused, and a stranger sees nothing (T1)", () =>
  onGitHub(async ({ bot, control }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Epic" });
    const origin = "http://elsewhere.invalid";
    const foreign = await press(`${issue.html_url}/comment`, { body: "hi" }, { origin });
    await control.createUser("stranger");

    expect(foreign.status).toBe(422);
    expect(await pageAt(issue.html_url, "stranger")).toContain("Not Found");
    expect((await bot.issues.listComments({ ...SHOP, issue_number: issue.number })).data).toEqual(
      [],
    );
  }));

test("what people look at counts against nobody's limits (T1)", () =>
  onGitHub(async ({ url, bot, control }) => {
    await bot.repos.get(SHOP);
    await control.resetRequests();
    await pageAt(`${url}/acme/shop/issues`);

    expect((await control.requests()).total).toBe(0);
  }));

test("an App is created from a manifest by a person's press, its secrets handed out once (T1, D1)", () =>
  onGitHub(async ({ url }) => {
    const manifest = JSON.stringify({
      name: "Made Here",
      url: "https://example.invalid",
      redirect_url: "http://127.0.0.1:9/probot/setup",
      hook_attributes: { url: "http://127.0.0.1:9/hooks" },
      default_permissions: { issues: "write" },
      default_events: ["issues"],
    });
    const form = `${url}/settings/apps/new`;
    const shown = await (await press(form, { manifest }, { origin: "http://127.0.0.1:9" })).text();
    const confirmed = await press(form, { manifest, confirmed: "yes" }, { origin: url });
    const target = new URL(confirmed.headers.get("location") ?? "");
    const convert = () =>
      fetch(`${url}/app-manifests/${target.searchParams.get("code")}/conversions`, {
        method: "POST",
      });
    const first = await convert();
    const second = await convert();

    expect(shown).toContain("issues: write");
    expect(target.href).toContain("http://127.0.0.1:9/probot/setup?code=");
    const app = { slug: "made-here", pem: expect.stringContaining("PRIVATE KEY") };
    expect(await first.json()).toMatchObject({ ...app, webhook_secret: expect.any(String) });
    expect(second.status).toBe(404);
  }));
