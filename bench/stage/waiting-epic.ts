import type { Factory } from "./start-factory.ts";

type Call = { readonly tool: string; readonly input: object };

/**
 * A supervisor that plans so many tasks, and workers that wait for mail after so many turns.
 *
 * @param turns of every worker before it waits; all but the last make `call`
 */
export function waitingScript(tasks: number, turns = 1, call: Call | null = null): string {
  const steps = Array.from({ length: turns - 1 }, (_, index) => ({
    name: `step-${index + 1}`,
    calls: [call ?? logged(index + 1)],
  }));
  const calls = Array.from({ length: tasks }, (_, index) => ({
    tool: "epic_create_task",
    input: {
      title: `${words[index % words.length]} number ${index + 1}`,
      description: `Part ${index + 1}: ${words[(index * 7) % words.length]} and nothing else.`,
      acceptance: [`Part ${index + 1} is there.`],
    },
  }));
  return JSON.stringify({
    roles: {
      supervisor: {
        turns: [
          { name: "plan", calls },
          {
            name: "planned",
            when: { tool: "epic_create_task" },
            calls: [{ tool: "epic_plan_done", input: { note: "That is all." } }],
          },
        ],
        otherwise: { text: "I wait." },
      },
      worker: { turns: [...steps, { name: "wait", times: "many", text: "I wait." }] },
    },
  });
}

function logged(step: number): Call {
  return {
    tool: "log_decision",
    input: { decision: `Step ${step}.`, reason: "It comes next." },
  };
}

const words = "Anchors Bridges Cellars Doors Engines Fences Gardens Harbours Islands Jetties".split(
  " ",
);

/** Labels an epic and waits until all its workers wait for mail. */
export async function openWaitingEpic(factory: Factory, tasks: number): Promise<number> {
  const issue = await factory.person.labelEpic("A town of many parts", "Build a town. ".repeat(20));
  await factory.awaitRows(
    `${tasks} workers wait`,
    tasks,
    "select 1 from agents where role = 'worker' and state in ('WAITING', 'ASLEEP')",
  );
  return issue;
}
