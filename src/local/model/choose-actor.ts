// Whose part a request plays: its role by the system prompt, its actor by the first message. Pure.
import type { Conversation } from "./conversation.ts";
import { capturesOf, occursIn } from "./pattern.ts";
import {
  type Actor,
  type Role,
  type RoleName,
  roleNames,
  type Script,
  type TurnBody,
} from "./script-schema.ts";

export type Cast = {
  readonly role: RoleName;
  readonly actor: string;
  readonly turns: Actor["turns"];
  readonly otherwise: TurnBody;
  /** Named groups of the actor's `task`, which start the conversation's vars. */
  readonly vars: Readonly<Record<string, string>>;
};

export type Casting =
  | { readonly found: true; readonly cast: Cast }
  | { readonly found: false; readonly role: RoleName | null; readonly reason: string };

const waiting: TurnBody = { text: "Waiting.", delayMs: 0 };

/** The role a system prompt announces, by the role's `match` or a line `# Role: <name>`. */
function roleOf(script: Script, systemText: string): RoleName | null {
  const plays = (name: RoleName): boolean => {
    const role = script.roles[name];
    return role !== undefined && occursIn(role.match ?? announcement(name), systemText);
  };
  return roleNames.find(plays) ?? null;
}

/** The first actor that fits; the one without `task` and `match` only when no other does. */
export function chooseActor(script: Script, conversation: Conversation): Casting {
  const name = roleOf(script, conversation.systemText);
  const role = name && script.roles[name];
  if (!name || !role)
    return {
      found: false,
      role: null,
      reason: `the system prompt announces none of the script's roles (${Object.keys(script.roles).join(", ")}): it needs a line "# Role: <name>"`,
    };
  const task = conversation.inputs[0]?.text ?? "";
  const actor = actorsOf(role).find((candidate) => fits(candidate, task, conversation.systemText));
  if (!actor) {
    const reason = `no actor of role ${name} fits the first message: ${JSON.stringify(task.slice(0, 200))}`;
    return { found: false, role: name, reason };
  }
  return { found: true, cast: toCast({ role: name, actor, script, task }) };
}

function announcement(role: RoleName): RegExp {
  return new RegExp(`^# Role: ${role}\\s*$`, "m");
}

function actorsOf(role: Role): readonly Actor[] {
  const plain = role.turns ? [{ name: "default", turns: role.turns }] : [];
  const actors: readonly Actor[] = [...(role.actors ?? []), ...plain];
  const isDefault = ({ task, match }: Actor): boolean => task === undefined && match === undefined;
  return [...actors.filter((actor) => !isDefault(actor)), ...actors.filter(isDefault)].map(
    (actor) => ({ ...actor, otherwise: actor.otherwise ?? role.otherwise }),
  );
}

function fits({ task, match }: Actor, firstText: string, systemText: string): boolean {
  return (
    (task === undefined || occursIn(task, firstText)) &&
    (match === undefined || occursIn(match, systemText))
  );
}

function toCast(chosen: {
  readonly role: RoleName;
  readonly actor: Actor;
  readonly script: Script;
  readonly task: string;
}): Cast {
  const { role, actor, script, task } = chosen;
  return {
    role,
    actor: actor.name,
    turns: actor.turns,
    otherwise: actor.otherwise ?? script.otherwise ?? waiting,
    vars: actor.task === undefined ? {} : capturesOf(actor.task, task),
  };
}
