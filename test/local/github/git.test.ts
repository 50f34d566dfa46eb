import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { git, onGitHub, pushFile, SHOP } from "../../support/github-world.ts";

test("a push over HTTP moves the branch and is told with its commits (T1)", () =>
  onGitHub(async ({ cloneAs, dana, bot, settled, arrived }) => {
    const clone = await cloneAs(dana.token, "clone");
    const sha = await pushFile(clone, "feature/x", { path: "a.txt", text: "a\n" });

    const { data: ref } = await bot.git.getRef({ ...SHOP, ref: "heads/feature/x" });
    const { data: branch } = await bot.repos.getBranch({ ...SHOP, branch: "feature/x" });

    expect([ref.object.sha, branch.commit.sha]).toEqual([sha, sha]);
    expect(await settled()).toEqual([
      "installation.created",
      "create",
      "push",
      "check_suite.requested",
    ]);
    const push = arrived.find(({ name }) => name === "push")?.payload;
    expect(push).toMatchObject({ ref: "refs/heads/feature/x", after: sha, created: true });
    expect(push.commits).toMatchObject([{ id: sha, message: "Change a.txt" }]);
    expect(push.pusher.name).toBe("dana");
  }));

test("refs outside branches and tags are moved without a word (T1)", () =>
  onGitHub(async ({ cloneAs, dana, bot, settled }) => {
    const clone = await cloneAs(dana.token, "clone");
    await git(clone, "push", "-q", "origin", "HEAD:refs/ff/checkpoints/1");

    const { data } = await bot.git.listMatchingRefs({ ...SHOP, ref: "ff/" });

    expect(data.map(({ ref }) => ref)).toEqual(["refs/ff/checkpoints/1"]);
    expect(await settled()).toEqual(["installation.created"]);
  }));

test("git needs credentials, a role to read and a role to write (T1)", () =>
  onGitHub(async ({ cloneAs, control, rita }) => {
    const clone = await cloneAs(rita.token, "clone");
    const push = pushFile(clone, "mine", { path: "a.txt", text: "a\n" });
    await expect(push).rejects.toMatchObject({ stderr: expect.stringContaining("403") });
    const stranger = await control.createUser("stranger");
    await expect(cloneAs(stranger.token, "other")).rejects.toMatchObject({
      stderr: expect.stringContaining("not found"),
    });
    await expect(cloneAs("wrong", "third")).rejects.toMatchObject({
      stderr: expect.stringMatching(/Authentication failed|could not read/u),
    });
  }));

test("an installation token pushes where its permissions reach (T1)", () =>
  onGitHub(async ({ asApp, installationId: installation_id, cloneAs, settled, arrived }) => {
    const mint = async (contents: "read" | "write") => {
      const permissions = { contents } as const;
      const wish = { installation_id, repositories: ["shop"], permissions };
      return (await asApp.apps.createInstallationAccessToken(wish)).data.token;
    };
    const reader = await cloneAs(await mint("read"), "reader");
    await expect(pushFile(reader, "no", { path: "a.txt", text: "a\n" })).rejects.toThrow("403");
    const writer = await cloneAs(await mint("write"), "writer");
    await pushFile(writer, "yes", { path: "a.txt", text: "a\n" });

    expect(await settled()).toContain("push");
    const push = arrived.find(({ name }) => name === "push")?.payload;
    expect(push.sender.login).toBe("test-app[bot]");
  }));

test("an App without the workflows permission cannot push a workflow; a person can (T1, S6)", () =>
  onGitHub(async ({ asApp, installationId: installation_id, cloneAs, dana, bot }) => {
    const { data } = await asApp.apps.createInstallationAccessToken({ installation_id });
    const file = { path: ".github/workflows/ci.yml", text: "on: push\n" };
    const writer = await cloneAs(data.token, "writer");
    await expect(pushFile(writer, "ci", file)).rejects.toMatchObject({
      stderr: expect.stringContaining("without `workflows` permission"),
    });
    const person = await cloneAs(dana.token, "person");
    const sha = await pushFile(person, "ci", file);

    const follow = await bot.git.createRef({ ...SHOP, ref: "refs/heads/copy", sha });

    expect(follow.status).toBe(201);
  }));

test("rulesets refuse pushes to branches that fit, but not those who may pass (T1)", () =>
  onGitHub(async ({ control, cloneAs, dana, bot, as }) => {
    const rules = ["update", "deletion"] as const;
    const ruleset = { name: "epics", pattern: "epic/**", rules };
    await control.addRuleset("acme/shop", { ...ruleset, bypassLogins: ["test-app[bot]"] });
    const clone = await cloneAs(dana.token, "clone");
    const before = await pushFile(clone, "epic/1/a", { path: "a.txt", text: "a\n" });
    await expect(pushFile(clone, "epic/1/a", { path: "b.txt", text: "b\n" })).rejects.toMatchObject(
      {
        stderr: expect.stringContaining("Cannot update this protected ref"),
      },
    );
    const other = await pushFile(clone, "free", { path: "c.txt", text: "c\n" });
    const update = { ...SHOP, ref: "heads/epic/1/a", sha: other };
    await expect(as(dana).git.updateRef(update)).rejects.toMatchObject({ status: 422 });
    await bot.git.updateRef(update);

    const applied = await bot.repos.getBranchRules({ ...SHOP, branch: "epic/2/b" });

    expect(applied.data.map((rule) => rule.type)).toEqual([...rules]);
    expect(before).not.toBe(other);
  }));

test("a ref moves forward only, unless it is forced; rules may forbid that too (T1)", () =>
  onGitHub(async ({ control, cloneAs, dana, bot }) => {
    const clone = await cloneAs(dana.token, "clone");
    const first = await git(clone, "rev-parse", "HEAD");
    const second = await pushFile(clone, "line", { path: "a.txt", text: "a\n" });
    const back = { ...SHOP, ref: "heads/line", sha: first };

    await expect(bot.git.updateRef(back)).rejects.toMatchObject({ status: 422 });
    await bot.git.updateRef({ ...back, force: true });
    await bot.git.updateRef({ ...back, sha: second });
    await control.addRuleset("acme/shop", {
      name: "line",
      pattern: "line",
      rules: ["non_fast_forward"],
    });
    await expect(bot.git.updateRef({ ...back, force: true })).rejects.toMatchObject({
      status: 422,
    });
    await git(clone, "reset", "-q", "--hard", first);
    await expect(git(clone, "push", "-q", "--force", "origin", "HEAD:line")).rejects.toMatchObject({
      stderr: expect.stringContaining("Cannot force-push"),
    });
  }));

test("of two pushes with a lease on the same tip one lands (T1)", () =>
  onGitHub(async ({ cloneAs, dana }) => {
    const one = await cloneAs(dana.token, "one");
    const two = await cloneAs(dana.token, "two");
    const tip = await git(one, "rev-parse", "HEAD");
    for (const clone of [one, two]) {
      await git(clone, "commit", "-q", "--allow-empty", "-m", `In ${clone}`);
    }
    const push = (clone: string) =>
      git(clone, "push", "-q", `--force-with-lease=main:${tip}`, "origin", "HEAD:main");

    const results = await Promise.allSettled([push(one), push(two)]);

    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  }));

test("branches merge without a pull request: 201, 204 when nothing is new, 409, 404 (T1)", () =>
  onGitHub(async ({ cloneAs, dana, bot }) => {
    const clone = await cloneAs(dana.token, "clone");
    await pushFile(clone, "feature", { path: "a.txt", text: "a\n" });
    await git(clone, "checkout", "-q", "main");
    await pushFile(clone, "clash", { path: "readme.md", text: "clash\n" });
    await git(clone, "checkout", "-q", "main");
    await pushFile(clone, "main", { path: "readme.md", text: "main\n" });

    const first = await bot.repos.merge({ ...SHOP, base: "main", head: "feature" });
    const second = await bot.repos.merge({ ...SHOP, base: "main", head: "feature" });

    expect([first.status, second.status]).toEqual([201, 204]);
    expect(first.data.parents).toHaveLength(2);
    await expect(bot.repos.merge({ ...SHOP, base: "main", head: "clash" })).rejects.toMatchObject({
      status: 409,
    });
    await expect(bot.repos.merge({ ...SHOP, base: "none", head: "main" })).rejects.toMatchObject({
      status: 404,
    });
  }));

test("comparison, commits and files are read at a branch with slashes (T1)", () =>
  onGitHub(async ({ cloneAs, dana, bot }) => {
    const clone = await cloneAs(dana.token, "clone");
    const sha = await pushFile(clone, "epic/1", { path: "src/a.txt", text: "ä\n" });

    const compared = await bot.repos.compareCommitsWithBasehead({
      ...SHOP,
      basehead: "main...epic/1",
    });
    const commit = await bot.repos.getCommit({ ...SHOP, ref: "epic/1" });
    const file = await bot.repos.getContent({ ...SHOP, path: "src/a.txt", ref: "epic/1" });
    const folder = await bot.repos.getContent({ ...SHOP, path: "src", ref: "epic/1" });
    const commits = await bot.repos.listCommits({ ...SHOP, sha: "epic/1" });

    expect(compared.data).toMatchObject({
      status: "ahead",
      ahead_by: 1,
      files: [{ filename: "src/a.txt" }],
    });
    expect(commit.data).toMatchObject({ sha, stats: { additions: 1 } });
    expect(file.data).toMatchObject({
      type: "file",
      content: `${Buffer.from("ä\n").toString("base64")}\n`,
    });
    expect(folder.data).toMatchObject([{ type: "file", path: "src/a.txt" }]);
    expect(commits.data.map((item) => item.commit.message)).toEqual(["Change src/a.txt", "Begin"]);
  }));

test("a push larger than one buffer arrives whole (T1)", () =>
  onGitHub(async ({ cloneAs, dana, bot }) => {
    const clone = await cloneAs(dana.token, "clone");
    const text = randomBytes(3_000_000).toString("hex");
    await pushFile(clone, "large", { path: "large.txt", text });
    const other = await cloneAs(dana.token, "other");

    await git(other, "checkout", "-q", "large");

    expect(await git(other, "hash-object", "large.txt")).toBe(
      await git(clone, "rev-parse", "HEAD:large.txt"),
    );
    const { data } = await bot.git.getRef({ ...SHOP, ref: "heads/large" });
    expect(data.object.type).toBe("commit");
  }));
