import { z } from "zod";
import { setProfile } from "../domain/decide-profile.ts";
import { applied } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { nameOfAgent } from "../domain/name-of-agent.ts";
import type { Profile, ProfilePlace } from "../domain/profile.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import { resolveProfile } from "../domain/resolve-profile.ts";
import { type Role, roles } from "../domain/states.ts";
import {
  type Command,
  type CommandContext,
  type CommandResult,
  defineCommand,
} from "./define-command.ts";
import { everyThread } from "./surfaces.ts";
import { taskNamed } from "./task-named.ts";

/** Takes what was set at a place away again, so that the layer above counts. */
const none = "default";
const wholeRepository = "--repository";

type Written = {
  readonly role: Role;
  readonly value: string;
  /** As it was written; null where the thread says it. */
  readonly target: string | null;
};

/** Declares one of the commands that set a part of what agents live with (A6). */
export function defineProfileCommand(
  key: keyof Profile,
  words: Pick<Command, "usage" | "summary" | "examples">,
): Command {
  return defineCommand({
    ...words,
    name: key,
    needs: "operator",
    flag: { word: wholeRepository, needs: "admin" },
    where: everyThread,
    args: written,
    decide: (asked, context) => decide(key, asked, context),
  });
}

const shape = /^(\S+)\s(\S+)(?:\s(.+))?$/;
const place = /^(?:#\d{1,9}|task \d{1,4}|--repository)$/;

const written = z.string().transform((text, context): Written => {
  const [, name, value, target = null] = shape.exec(text.trim().replace(/\s+/g, " ")) ?? [];
  const role = roles.find((one) => one === name?.toLowerCase());
  const isPlace = target === null || place.test(target);
  if (role !== undefined && value !== undefined && isPlace) return { role, value, target };
  context.addIssue({ code: "custom", message: whatIsWrong({ name, role, target }) });
  return z.NEVER;
});

function whatIsWrong({
  name,
  role,
  target,
}: {
  readonly name: string | undefined;
  readonly role: Role | undefined;
  readonly target: string | null;
}): string {
  if (name === undefined) return "A role and a value are needed";
  if (role === undefined) return `${name} is no role: ${roles.join(", ")}`;
  return `“${target}” names no one place. Behind the value stands one task (#15 or task 2), or ${wholeRepository}, or nothing: then it is the task of the thread, else the whole epic`;
}

function decide(
  key: keyof Profile,
  { role, value, target }: Written,
  context: CommandContext,
): CommandResult | Refusal {
  const { view, actor: by, profileRules: rules } = context;
  const place = placeOf(target, context);
  if (isRefusal(place)) return place;
  const wish = { place, role, key, value: value === none ? null : value };
  const decision = setProfile(view, wish, { by, rules });
  if (isRefusal(decision)) return decision;
  const bodyText = answer(applied(view, decision), wish, context);
  return { decision, reply: { kind: "commandReply", command: key, bodyText, ok: true } };
}

/** In a task's thread its worker is meant, unless another place is named. */
function placeOf(target: string | null, { view, thread }: CommandContext): ProfilePlace | Refusal {
  if (target === wholeRepository) return { layer: "repository" };
  if (target === null)
    return "task" in thread ? { layer: "task", task: thread.task } : { layer: "epic" };
  const task = taskNamed(target, view);
  return isRefusal(task) ? task : { layer: "task", task: task.ordinal };
}

type Wished = {
  readonly place: ProfilePlace;
  readonly role: Role;
  readonly key: keyof Profile;
  readonly value: string | null;
};

function answer(view: EpicView, wish: Wished, { profileRules }: CommandContext): string {
  const { place, role, key, value } = wish;
  const task = place.layer === "task" ? place.task : null;
  const now = resolveProfile(view.profileSettings, { role, task }, profileRules)[key];
  const what = `${wordOf[key]} of ${task === null ? `${role}s` : "its worker"}`;
  const where = whereOf(view, place);
  const set =
    value === null
      ? `For ${where} the ${what} is left to the layer above: it is ${now.value} (${now.layer}).`
      : `For ${where} the ${what} is ${now.value}.`;
  return `${set} ${whenOf(view, wish, profileRules)}`;
}

const wordOf = { model: "model", permissions: "permission mode", harness: "harness" } as const;

function whereOf(view: EpicView, place: ProfilePlace): string {
  if (place.layer === "repository") return "this repository";
  if (place.layer === "epic") return "this epic";
  const task = view.tasks.find(({ ordinal }) => ordinal === place.task);
  return task?.issueNumber ? `task #${task.issueNumber}` : `task ${place.task}`;
}

/** A life ends with the model and the harness it began with; a mode counts at each call. */
function whenOf(
  view: EpicView,
  { role, key }: Wished,
  rules: CommandContext["profileRules"],
): string {
  if (key === "permissions") return "It counts from the next call of a tool on.";
  const late = view.agents.filter(
    (agent) =>
      agent.role === role &&
      (agent.state === "RUNNING" || agent.state === "WAITING") &&
      agent[key] !== resolveProfile(view.profileSettings, agent, rules)[key].value,
  );
  if (late.length === 0) return "It counts from the next life of an agent on.";
  const names = late.map((agent) => `${nameOfAgent(view, agent.key)} (${agent[key]})`).join(", ");
  return `It counts from the next life of an agent on; until they rest, these go on with what they have: ${names}.`;
}
