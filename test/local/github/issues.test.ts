import { expect, test } from "vitest";
import { onGitHub, SHOP } from "../../support/github-world.ts";

test("an issue is opened with labels, edited, closed and reopened, and each step is told (T1)", () =>
  onGitHub(async ({ as, dana, settled, arrived }) => {
    const { issues } = as(dana);
    const { data: issue } = await issues.create({ ...SHOP, title: "Shop", labels: ["epic"] });
    const at = { ...SHOP, issue_number: issue.number };
    await issues.update({ ...at, title: "The shop", body: "Text" });
    await issues.update({ ...at, state: "closed", state_reason: "not_planned" });
    const { data: reopened } = await issues.update({ ...at, state: "open" });

    expect(reopened).toMatchObject({ number: 1, state: "open", title: "The shop" });
    expect(await settled()).toEqual([
      "installation.created",
      "label.created",
      "issues.opened",
      "issues.labeled",
      "issues.edited",
      "issues.closed",
      "issues.reopened",
    ]);
    const edited = arrived.find(({ name }) => name === "issues.edited");
    expect(edited?.payload.changes).toEqual({ title: { from: "Shop" }, body: { from: "" } });
    expect(edited?.payload.sender).toMatchObject({ login: "dana", type: "User" });
  }));

test("labels of someone who may only read are dropped, and labelling is refused (T1, S1)", () =>
  onGitHub(async ({ as, rita, settled }) => {
    const { issues } = as(rita);
    const { data: issue } = await issues.create({ ...SHOP, title: "Mine", labels: ["epic"] });

    const labels = issues.addLabels({ ...SHOP, issue_number: issue.number, labels: ["epic"] });

    await expect(labels).rejects.toMatchObject({ status: 403 });
    expect(issue.labels).toEqual([]);
    expect(await settled()).not.toContain("issues.labeled");
  }));

test("a body over 65536 characters is refused with GitHub's words (T1)", () =>
  onGitHub(async ({ bot }) => {
    const body = "x".repeat(65_536);
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Long", body });
    const at = { ...SHOP, issue_number: issue.number };

    const comment = bot.issues.createComment({ ...at, body: `${body}x` });

    await expect(comment).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("body is too long (maximum is 65536 characters)"),
    });
  }));

test("the App's own comment is told to the App, as its bot's (T1, S2a)", () =>
  onGitHub(async ({ bot, app, settled, arrived }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Task" });
    await bot.issues.createComment({ ...SHOP, issue_number: issue.number, body: "Hello" });

    await settled();

    const told = arrived.find(({ name }) => name === "issue_comment.created")?.payload;
    expect(told.sender).toMatchObject({ login: "test-app[bot]", type: "Bot" });
    expect(told.comment.performed_via_github_app.id).toBe(app.id);
    expect(told.installation.id).toBeGreaterThan(0);
  }));

test("comments are listed since an instant, per issue and per repository (T1)", () =>
  onGitHub(async ({ bot, control }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Task" });
    const at = { ...SHOP, issue_number: issue.number };
    const { data: old } = await bot.issues.createComment({ ...at, body: "first" });
    await control.advanceClock(60_000);
    const { data: fresh } = await bot.issues.createComment({ ...at, body: "second" });

    const since = fresh.created_at;
    const ofIssue = await bot.issues.listComments({ ...at, since });
    const ofRepository = await bot.issues.listCommentsForRepo({ ...SHOP, since });
    await control.advanceClock(60_000);
    await bot.issues.updateComment({ ...SHOP, comment_id: old.id, body: "edited" });
    const edited = await bot.issues.listCommentsForRepo({ ...SHOP, since: fresh.updated_at });

    expect(ofIssue.data.map(({ id }) => id)).toEqual([fresh.id]);
    expect(ofRepository.data.map(({ id }) => id)).toEqual([fresh.id]);
    expect(edited.data.map(({ body }) => body)).toEqual(["edited", "second"]);
  }));

test("a comment can be pinned, hidden and deleted (T1)", () =>
  onGitHub(async ({ bot, as, dana }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Task" });
    const at = { ...SHOP, issue_number: issue.number };
    const { data: comment } = await bot.issues.createComment({ ...at, body: "Status" });
    const pin = "PUT /repos/{owner}/{repo}/issues/comments/{comment_id}/pin";
    await bot.request(pin, { ...SHOP, comment_id: comment.id });
    const hide = `mutation minimizeComment($subjectId: ID!) {
      minimizeComment(input: { subjectId: $subjectId, classifier: OUTDATED }) { clientMutationId }
    }`;
    await bot.graphql(hide, { subjectId: comment.node_id, classifier: "OUTDATED" });

    const { data: seen } = await bot.issues.getComment({ ...SHOP, comment_id: comment.id });
    const { data: parent } = await bot.issues.get(at);
    await as(dana).issues.deleteComment({ ...SHOP, comment_id: comment.id });

    expect(seen).toMatchObject({ pin: expect.anything(), minimized: { reason: "outdated" } });
    expect(parent).toMatchObject({ pinned_comment: { id: comment.id } });
    expect((await bot.issues.listComments(at)).data).toEqual([]);
  }));

test("a reaction is new once and there the second time (T1)", () =>
  onGitHub(async ({ bot, as, rita }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Task" });
    const reaction = { ...SHOP, issue_number: issue.number, content: "eyes" } as const;

    const first = await bot.reactions.createForIssue(reaction);
    const second = await bot.reactions.createForIssue(reaction);
    await as(rita).reactions.createForIssue(reaction);

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.data.id).toBe(first.data.id);
    const { data } = await bot.issues.get({ ...SHOP, issue_number: issue.number });
    expect(data.reactions).toMatchObject({ eyes: 2, total_count: 2 });
  }));

test("labels are renamed, found by name in any case, and taken off (T1)", () =>
  onGitHub(async ({ as, dana, settled, arrived }) => {
    const { issues } = as(dana);
    const { data: issue } = await issues.create({ ...SHOP, title: "Shop", labels: ["epic", "b"] });
    const at = { ...SHOP, issue_number: issue.number };
    await issues.updateLabel({ ...SHOP, name: "EPIC", new_name: "saga", color: "FF0000" });
    await issues.removeLabel({ ...at, name: "Saga" });
    const absent = issues.removeLabel({ ...at, name: "saga" });

    await expect(absent).rejects.toMatchObject({ status: 404 });
    const { data } = await issues.get(at);
    expect(data.labels).toMatchObject([{ name: "b" }]);
    expect(await settled()).toContain("issues.unlabeled");
    const renamed = arrived.find(({ name }) => name === "label.edited");
    expect(renamed?.payload.changes.name).toEqual({ from: "epic" });
  }));

test("lists come in pages that link to each other, filtered by label and state (T1)", () =>
  onGitHub(async ({ bot }) => {
    for (const title of ["one", "two", "three"]) {
      await bot.issues.create({ ...SHOP, title, labels: title === "two" ? ["odd"] : [] });
    }
    const page = await bot.issues.listForRepo({ ...SHOP, per_page: 2 });
    const all = await bot.paginate(bot.issues.listForRepo, { ...SHOP, per_page: 2 });
    const odd = await bot.issues.listForRepo({ ...SHOP, labels: "odd" });

    expect(page.headers.link).toContain('rel="next"');
    expect(all.map(({ title }) => title)).toEqual(["three", "two", "one"]);
    expect(odd.data.map(({ title }) => title)).toEqual(["two"]);
  }));

test("an unchanged answer is 304 and costs nothing of the hour (T1)", () =>
  onGitHub(async ({ bot, control }) => {
    const { data: issue } = await bot.issues.create({ ...SHOP, title: "Task" });
    const at = { ...SHOP, issue_number: issue.number };
    const first = await bot.issues.get(at);
    const headers = { "if-none-match": first.headers.etag ?? "" };

    const again = bot.request("GET /repos/{owner}/{repo}/issues/{issue_number}", {
      ...at,
      headers,
    });

    await expect(again).rejects.toMatchObject({
      status: 304,
      response: { headers: { "x-ratelimit-used": first.headers["x-ratelimit-used"] } },
    });
    const { requests } = await control.requests();
    expect(requests.find(({ notModified }) => notModified === 1)?.method).toBe("GET");
  }));
