import { describe, expect, test } from "vitest";
import { setProfile } from "../../src/domain/decide-profile.ts";
import { applied } from "../../src/domain/decision.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Profile, ProfilePlace, ProfileSetting } from "../../src/domain/profile.ts";
import { profilesIn } from "../../src/domain/profile-status.ts";
import { type ProfileRules, resolveProfile } from "../../src/domain/resolve-profile.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  anAgent,
  anyBounds,
  aTask,
  completed,
  decisionOf,
  person,
  planned,
  profilesOf,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const rules: ProfileRules = { profiles: profilesOf("own-s", "own-w"), bounds: anyBounds };
const repository = { layer: "repository" } as const;
const epic = { layer: "epic" } as const;
const task = (ordinal: number) => ({ layer: "task", task: ordinal }) as const;
const worker = { role: "worker", task: 1 } as const;

function model(place: ProfilePlace, value: string): ProfileSetting {
  return { place, role: "worker", key: "model", value };
}

describe("the nearest layer wins (A6)", () => {
  const far = model(repository, "haiku-1");
  const near = model(epic, "sonnet-1");
  const nearest = model(task(1), "opus-1");

  test.each([
    { settings: [], value: "own-w", layer: "installation" },
    { settings: [far], value: "haiku-1", layer: "repository" },
    { settings: [near, far], value: "sonnet-1", layer: "epic" },
    { settings: [far, nearest, near], value: "opus-1", layer: "task" },
    { settings: [nearest], value: "opus-1", layer: "task" },
    { settings: [model(task(2), "opus-1")], value: "own-w", layer: "installation" },
    { settings: [{ ...nearest, role: "supervisor" }], value: "own-w", layer: "installation" },
  ] as const)(
    "of settings %# it is $value, by the layer $layer (A6)",
    ({ settings, value, layer }) => {
      expect(resolveProfile(settings, worker, rules).model).toEqual({ value, layer });
    },
  );

  test("what the operator no longer allows counts as not set (A6)", () => {
    const bounds = {
      ...anyBounds,
      models: { haiku: "haiku-1" },
      maxPermissions: "relaxed",
    } as const;
    const yolo = { place: epic, role: "worker", key: "permissions", value: "yolo" } as const;

    const resolved = resolveProfile([nearest, far, yolo], worker, { ...rules, bounds });

    expect(resolved.model).toEqual({ value: "haiku-1", layer: "repository" });
    expect(resolved.permissions).toEqual({ value: "relaxed", layer: "installation" });
  });

  test("the operator's bound of permissions holds for the operator's own choice too (A6)", () => {
    const bounds = { ...anyBounds, maxPermissions: "strict" } as const;

    expect(resolveProfile([], worker, { ...rules, bounds }).permissions.value).toBe("strict");
  });
});

function set(view: EpicView, key: keyof Profile, value: string | null, place: ProfilePlace = epic) {
  return setProfile(view, { place, role: "worker", key, value }, { by: person, rules });
}

test("a choice is stored as one row with who, from and to; an alias as what it means (A6)", () => {
  const first = decisionOf(set(viewOf([]), "model", "opus"));
  const view = applied(viewOf([]), first);

  expect(first.profileChanges).toEqual([
    { place: epic, role: "worker", key: "model", from: null, to: "opus-1", by: person },
  ]);
  expect(decisionOf(set(view, "model", "haiku-1")).profileChanges).toMatchObject([
    { from: "opus-1", to: "haiku-1" },
  ]);
  expect(decisionOf(set(view, "model", null)).profileChanges).toMatchObject([
    { from: "opus-1", to: null },
  ]);
  expect(decisionOf(set(view, "model", "opus")).profileChanges).toBeUndefined();
  expect(applied(view, decisionOf(set(view, "model", null))).profileSettings).toEqual([]);
});

test("what is beyond the operator's bounds is refused with the bound and what is allowed (A6, S1)", () => {
  const bounds = {
    models: { sonnet: "sonnet-1" },
    maxPermissions: "relaxed",
    harnesses: ["runner"],
  } as const;
  const tight = { by: person, rules: { ...rules, bounds } };
  const refusal = (key: keyof Profile, value: string) =>
    setProfile(viewOf([]), { place: epic, role: "worker", key, value }, tight);

  expect(refusal("model", "opus")).toMatchObject({
    refused: "not-allowed",
    detail: expect.stringMatching(/"opus".*ALLOWED_MODELS.*Allowed: sonnet\./),
  });
  expect(refusal("permissions", "yolo")).toMatchObject({
    detail: expect.stringMatching(/MAX_PERMISSIONS.*Allowed: strict, relaxed\./),
  });
  expect(refusal("harness", "claude-code")).toMatchObject({
    detail: expect.stringMatching(/ALLOWED_HARNESSES.*Allowed: runner\./),
  });
  expect(refusal("model", "constructor")).toMatchObject({ refused: "not-allowed" });
});

test("a place that has no such agent is refused (A6)", () => {
  const view = viewOf([completed(1), planned(2)]);
  const wish = (role: "worker" | "supervisor" | "orchestrator", place: ProfilePlace) =>
    refusalOf(
      setProfile(view, { place, role, key: "model", value: "opus" }, { by: person, rules }),
    );

  expect(wish("worker", task(1))).toBe("wrong-state");
  expect(wish("worker", task(3))).toBe("no-such-task");
  expect(wish("supervisor", task(2))).toBe("not-here");
  expect(wish("orchestrator", epic)).toBe("not-here");
  expect(wish("worker", task(2))).toBeNull();
});

test("a model counts from the next life on, a permission mode at once (A6, A7)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" }), aTask(2, { state: "IN_PROGRESS" })], {
    agents: [
      { ...anAgent("worker/1"), model: "own-w" },
      { ...anAgent("worker/2", "ASLEEP"), model: "own-w" },
    ],
    unreadMail: [
      { id: 1, to: "worker/2", from: { kind: "product" }, subject: "", body: "", read: false },
    ],
  });
  const decision = {
    profileChanges: (["model", "permissions"] as const).map((key) => ({
      ...({ place: epic, role: "worker", key, from: null, by: person } as const),
      to: key === "model" ? "opus-1" : "strict",
    })),
  };

  const { agents = [] } = settle(view, decision, { ...rules, maxWorkers: 2 });

  expect(
    agents.map(({ key, state, model, permissions }) => [key, state, model, permissions]),
  ).toEqual([
    ["worker/2", "STARTING", "opus-1", "strict"],
    ["worker/1", "RUNNING", "own-w", "strict"],
  ]);
});

test("a worker starts with what its task, epic and repository say (A6)", () => {
  const view = viewOf([planned(1), planned(2)], {
    profileSettings: [model(repository, "haiku-1"), model(task(2), "opus-1")],
  });

  const { agents = [] } = settle(view, {}, { ...rules, maxWorkers: 2 });

  expect(agents.filter(({ role }) => role === "worker").map(({ model: id }) => id)).toEqual([
    "haiku-1",
    "opus-1",
  ]);
});

test("the status tells what each lives with, what comes next, and which layer says so (A6, H1)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" }), planned(2), planned(3)], {
    agents: [{ ...anAgent("worker/1"), model: "own-w" }],
    profileSettings: [model(epic, "opus-1"), model(task(2), "haiku-1")],
  });

  const statuses = profilesIn(view, rules);

  expect(statuses.map(({ agent, parts }) => [agent, parts.model])).toEqual([
    ["worker-13", { value: "own-w", layer: "epic", next: "opus-1" }],
    ["worker-14", { value: "haiku-1", layer: "task", next: null }],
  ]);
  expect(statuses[0]?.parts.permissions).toEqual({
    value: "yolo",
    layer: "installation",
    next: null,
  });
});
