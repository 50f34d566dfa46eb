import { expect, test } from "vitest";
import { type HostWorld, onHost } from "./host-world.ts";

const start = { kind: "startLife", agent: "worker/1" } as const;

/** The agent's own doing, to its end: what it leaves is there when this returns. */
async function work({ perform, session }: HostWorld): Promise<void> {
  await perform(start);
  await session((one) => one?.dead === true);
}

/** The product has seen the epic branch there. */
async function seeTip({ ports, view }: HostWorld, tipSha: string): Promise<void> {
  const { epic } = await view();
  await ports.git.fetch(epic.repository);
  await ports.store.epics.change(epic.id, { what: "test", actor: null }, (now) => ({
    decision: { epic: { ...now.epic, tipSha } },
    result: null,
  }));
}

test("a commit holds the worktree's changes and says who made it (L9, L9c)", () =>
  onHost("echo price > prices.txt; rm a.txt", async (world) => {
    await work(world);

    const reply = await world.ask("c1", { kind: "commit", task: 1, message: "Add prices" });
    const head = (await world.view()).tasks[0]?.headSha ?? "";

    expect(reply).toMatchObject({ isError: false, content: { commit: head } });
    const { repository } = (await world.view()).epic;
    const { git } = world.ports;
    const file = { sha: head, maxBytes: 100 };
    expect(await git.readFile(repository, { ...file, path: "prices.txt" })).toBe("price\n");
    expect(await git.readFile(repository, { ...file, path: "a.txt" })).toBeNull();
    await git.push(repository, { sha: head, ref: "refs/heads/seen", expected: null });
    expect(world.git.remote.git(["log", "-1", "--format=%B", "seen"])).toBe(
      "Add prices\n\nFactoryFactory-Epic: #12\nFactoryFactory-Task: #13\nFactoryFactory-Life: worker-13.1\nFactoryFactory-Model: model-w",
    );
  }));

test("one call makes one commit, however often it is performed (A8)", () =>
  onHost("echo price > prices.txt", async (world) => {
    await work(world);

    await world.ask("c1", { kind: "commit", task: 1, message: "Add prices" });
    const head = (await world.view()).tasks[0]?.headSha;
    await world.perform({ kind: "hostOperation", agent: "worker/1", callId: "c1" });

    expect((await world.view()).tasks[0]?.headSha).toBe(head);
  }));

test("a commit without a change is refused with what to do (L9a)", () =>
  onHost("true", async (world) => {
    await work(world);

    const reply = await world.ask("c1", { kind: "commit", task: 1, message: "Nothing" });

    expect(reply).toMatchObject({ isError: true, content: { error: "nothing-changed" } });
    expect((await world.view()).tasks[0]?.headSha).toBeNull();
  }));

test("protected paths and links out of the repository are refused by name (S6)", () =>
  onHost("mkdir .github; echo x > .github/a.yml; ln -s /etc/passwd out", async (world) => {
    await work(world);

    const reply = await world.ask("c1", { kind: "commit", task: 1, message: "Sneak" });

    expect(reply?.isError).toBe(true);
    expect(JSON.stringify(reply?.content)).toMatch(
      /\.github\/a\.yml is protected.*out is a symbolic/,
    );
  }));

test("a merge of the epic branch leaves conflict markers, and the next commit joins both (Q5)", () =>
  onHost("sed -i s/1/mine/ a.txt", async (world) => {
    await work(world);
    await world.ask("c1", { kind: "commit", task: 1, message: "Mine" });
    const mine = (await world.view()).tasks[0]?.headSha;
    const tip = world.git.branch("ff/epic-12-a-catalogue", { "a.txt": "theirs\n2\n3\n4\n5\n" }, [
      world.start,
    ]);

    const reply = await world.ask("c2", { kind: "rebase", task: 1 });
    await world.ask("c3", { kind: "commit", task: 1, message: "Both" });

    expect(reply).toMatchObject({ isError: false, content: { merged: tip, conflicts: ["a.txt"] } });
    const both = (await world.view()).tasks[0]?.headSha ?? "";
    const { repository } = (await world.view()).epic;
    await world.ports.git.push(repository, { sha: both, ref: "refs/heads/seen", expected: null });
    expect(world.git.remote.git(["log", "-1", "--format=%P", "seen"])).toBe(`${mine} ${tip}`);
    expect(world.git.remote.git(["show", "seen:a.txt"])).toContain("<<<<<<<");
  }));

test("a merge whose files are there already is the same merge again, not the agent's uncommitted work (A8, R9)", () =>
  onHost("sed -i s/1/mine/ a.txt", async (world) => {
    await work(world);
    await world.ask("c1", { kind: "commit", task: 1, message: "Mine" });
    world.git.branch("ff/epic-12-a-catalogue", { "a.txt": "theirs\n2\n3\n4\n5\n" }, [world.start]);

    const first = await world.ask("c2", { kind: "rebase", task: 1 });
    const again = await world.ask("c3", { kind: "rebase", task: 1 });

    expect(again).toMatchObject({ isError: false, content: { conflicts: ["a.txt"] } });
    expect(again).toEqual(first);
  }));

test("a reviewer sees what a head changes, not what it took in from the epic branch (Q2)", () =>
  onHost("echo price > prices.txt", async (world) => {
    const old = "1\n2\n3\n4\n5\n";
    await work(world);
    await world.ask("c1", { kind: "commit", task: 1, message: "Add prices" });
    const landed = { "a.txt": old, "others.txt": "others\n" };
    const tip = world.git.branch("ff/epic-12-a-catalogue", landed, [world.start]);
    await world.ask("c2", { kind: "rebase", task: 1 });
    await world.ask("c3", { kind: "commit", task: 1, message: "Take in others" });
    const sha = (await world.view()).tasks[0]?.headSha ?? "";
    const later = { ...landed, "later.txt": "later\n" };
    const newest = world.git.branch("ff/epic-12-a-catalogue", later, [tip]);
    await seeTip(world, newest);

    const diff = await world.ask("c4", { kind: "readDiff", task: 1, sha });

    const text = JSON.stringify(diff?.content);
    expect(text).toContain("+price");
    expect(text).not.toMatch(/others|later/);
  }));

test("a reviewer reads the diff and whole files of one exact head, from objects (Q2)", () =>
  onHost("echo price > prices.txt", async (world) => {
    await work(world);
    await world.ask("c1", { kind: "commit", task: 1, message: "Add prices" });
    const sha = (await world.view()).tasks[0]?.headSha ?? "";

    const diff = await world.ask("c2", { kind: "readDiff", task: 1, sha });
    const file = await world.ask("c3", { kind: "readFile", sha, path: "prices.txt" });
    const none = await world.ask("c4", { kind: "readFile", sha, path: "../secret" });

    expect(JSON.stringify(diff?.content)).toContain("+price");
    expect(file?.content).toMatchObject({ content: "price\n" });
    expect(none).toMatchObject({ isError: true, content: { error: "no-such-file" } });
  }));
