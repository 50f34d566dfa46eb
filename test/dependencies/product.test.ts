import { expect, test } from "vitest";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { verdictOf } from "../../src/landing/verdict.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Sandbox } from "../../src/ports/host.ts";
import { type HostWorld, onHost } from "../host/host-world.ts";
import { withQueue } from "../landing/queue-world.ts";
import { dependenciesOn, startOnce } from "./real-dependencies.ts";

/** Performs the start of the worker's life, as often as it is told to come again. */
async function start(world: HostWorld, change: Partial<HostPorts>): Promise<void> {
  await awaitFact(
    "the worker's life has started",
    async () => await startOnce(world, change),
    ({ kind }) => kind === "done",
    { limitMs: 20_000 },
  );
}

/** Waits until the worker's pane shows a text. */
async function sees({ ports: { terminal } }: HostWorld, text: string): Promise<void> {
  await awaitFact(
    `the worker's pane shows ${text}`,
    async () => {
      const session = (await terminal.list()).find(({ name }) => name.includes("worker-13"));
      return session === undefined ? "" : await terminal.screen(session.name, 20);
    },
    (screen) => screen.includes(text),
    { limitMs: 20_000 },
  );
}

const LOOK = "cat node_modules/it; git status --short; sleep 1000";

test("an agent finds its dependencies installed where it begins to work (Q3b, A1)", async () => {
  await onHost(LOOK, async (world) => {
    const command = "mkdir node_modules; echo installed >node_modules/it";

    await start(world, { dependencies: dependenciesOn(world.ports, command) });

    await sees(world, "installed");
    expect((await world.view()).unreadMail).toEqual([]);
  });
});

test("an agent whose dependencies cannot be installed begins all the same, and is told once (Q3b, R2)", async () => {
  await onHost(LOOK, async (world) => {
    const dependencies = dependenciesOn(world.ports, "echo no such package >&2; exit 1");

    await start(world, { dependencies });
    await sees(world, "No such file");

    const mail = (await world.view()).unreadMail;
    expect(mail).toHaveLength(1);
    expect(mail[0]).toMatchObject({ to: "worker/1", from: { kind: "product" } });
    expect(mail[0]?.body).toContain("no such package");
  });
});

test("a landing is verified with the dependencies of the tree that lands (Q3, Q3b)", async () => {
  await withQueue(async (world) => {
    const ports = world.ports();
    const command = "mkdir node_modules; touch node_modules/it";
    const dependencies = dependenciesOn(ports, command);
    const settings = { ...ports.settings, verifyCommand: "test -e node_modules/it" };
    await world.submit(1, { "src/b.txt": "b" });
    await world.approve(1);

    await world.land({ dependencies, settings });

    expect((await world.states())[0]).toBe("COMPLETED");
  });
});

test("a green tree is not run again, unless something else is installed for it (Q3b)", async () => {
  await withQueue(async (world) => {
    const ports = world.ports();
    const verifications: string[] = [];
    const sandbox: Sandbox = {
      ...ports.sandbox,
      verify: async (mirror, tree, command, bounds) => {
        verifications.push(bounds.dependencies?.key ?? "none");
        return await ports.sandbox.verify(mirror, tree, command, bounds);
      },
    };
    const settings = { ...ports.settings, verifyCommand: "true" };
    const { repository } = (await world.store.epics.view(world.epicId)).epic;
    await world.git.fetch(repository);
    const tree = await world.git.treeOf(repository, world.start);
    const verdict = async (command: string) => {
      const view = await world.store.epics.view(world.epicId);
      const dependencies = dependenciesOn(ports, command);
      const landing = { ...ports, sandbox, settings, dependencies };
      return await verdictOf(view, { tip: world.start, tree, task: 1 }, landing);
    };

    const verdicts = [await verdict("mkdir a"), await verdict("mkdir a"), await verdict("mkdir b")];

    expect(verdicts.map(({ kind }) => kind)).toEqual(["passed", "passed", "passed"]);
    expect(new Set(verifications).size).toBe(2);
    expect(verifications).toHaveLength(2);
  });
});

test("a tree whose dependencies cannot be installed does not land, and its worker reads why (Q3, Q3b)", async () => {
  await withQueue(async (world) => {
    const ports = world.ports();
    const dependencies = dependenciesOn(ports, "echo wrong lock file; exit 1");
    await world.submit(1, { "src/b.txt": "b" });
    await world.approve(1);

    await world.land({ dependencies });

    const { unreadMail } = await world.store.epics.view(world.epicId);
    expect((await world.states())[0]).toBe("CHANGES_REQUESTED");
    expect(unreadMail.map(({ body }) => body).join()).toContain("wrong lock file");
  });
});
