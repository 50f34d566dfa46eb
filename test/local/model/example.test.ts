import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { composeReply, type Reply } from "../../../src/local/model/compose-reply.ts";
import { messageRequestSchema } from "../../../src/local/model/message-request.ts";
import { parseScript } from "../../../src/local/model/parse-script.ts";

const folder = join(import.meta.dirname, "../../../src/local/model");
const script = parseScript(readFileSync(join(folder, "example.yml"), "utf8"), "example.yml");

const maxTurns = 60;

type Submission = { readonly task: number; readonly head: string };
const tools = [
  "epic_plan",
  "epic_review_queue",
  "epic_read_diff",
  "epic_request_changes",
  "epic_approve",
].map((name) => ({ name, input_schema: { type: "object" } }));

/** A small epic around the supervisor: what its tools do, and who submits what when. */
function createEpic(schedule: readonly (readonly number[])[]) {
  const queue: Submission[] = [];
  const done: string[] = [];
  const rounds = [...schedule];
  const submit = (tasks: readonly number[]): string =>
    tasks
      .map((task) => {
        const head = `${task}${done.includes(`changes ${task}a`) ? "b" : "a"}`;
        queue.push({ task, head });
        return `[mail] task ${task} was submitted`;
      })
      .join("\n");
  const run = (name: string, { task, head }: Partial<Submission>): unknown => {
    if (name === "epic_review_queue") return { items: queue };
    if (name === "epic_read_diff" || name === "epic_plan") return "fine";
    queue.splice(
      queue.findIndex((item) => item.task === task),
      1,
    );
    done.push(`${name === "epic_approve" ? "approved" : "changes"} ${head}`);
    if (name === "epic_request_changes") rounds.push([Number(task)]);
    return "done";
  };
  return { done, run, nextMail: () => (rounds.length ? submit(rounds.shift() ?? []) : null) };
}

/** `mailBeside`: for each turn, whether mail is already there beside the results of its calls. */
function superviseWith(epic: ReturnType<typeof createEpic>, mailBeside: readonly boolean[]): Reply {
  const messages: { role: string; content: unknown }[] = [{ role: "user", content: "Epic: shop" }];
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const request = { model: "m", max_tokens: 99, system: "# Role: supervisor", tools, messages };
    const reply = composeReply(script, messageRequestSchema.parse(request));
    messages.push({ role: "assistant", content: reply.content });
    const results = reply.content.flatMap((block) =>
      block.type === "tool_use"
        ? {
            type: "tool_result",
            tool_use_id: block.id,
            // The example's calls have a task and a head where they have anything.
            content: JSON.stringify(epic.run(block.name, block.input as Partial<Submission>)),
          }
        : [],
    );
    const mail = results.length === 0 || mailBeside[turn] ? epic.nextMail() : null;
    if (results.length === 0 && mail === null) return reply;
    const text = mail === null ? [] : [{ type: "text", text: mail }];
    messages.push({ role: "user", content: [...results, ...text] });
  }
  throw new Error("the supervisor does not come to an end");
}

const schedules = fc
  .shuffledSubarray([1, 2, 3], { minLength: 3 })
  .chain((order) =>
    fc.nat(2).map((at) => [order.slice(0, at), order.slice(at)].filter((part) => part.length > 0)),
  );

const mailTimes = fc.array(fc.boolean(), { minLength: maxTurns, maxLength: maxTurns });

test("the example's supervisor sends task 2 back once and approves all, however mail comes (T1)", () => {
  fc.assert(
    fc.property(schedules, mailTimes, (schedule, mailBeside) => {
      const epic = createEpic(schedule);
      const last = superviseWith(epic, mailBeside);
      expect(last.failure).toBeNull();
      expect(epic.done.toSorted()).toEqual([
        "approved 1a",
        "approved 2b",
        "approved 3a",
        "changes 2a",
      ]);
    }),
  );
});

test("every key of the format is in the documentation", () => {
  const documentation = readFileSync(join(folder, "../../../docs/SCRIPTED_MODEL.md"), "utf8");
  const schemas = ["script-schema.ts", "fault-schema.ts"].map((file) =>
    readFileSync(join(folder, file), "utf8"),
  );
  const keys = schemas.flatMap((source) =>
    [
      ...source.matchAll(
        /^ +(\w+):(?= (?:z\.|oneOrMore|text|delayMs|patternSchema|regexSchema|roleSchema|otherwiseSchema|$))/gm,
      ),
    ].map(([, key]) => key),
  );
  expect(keys.length).toBeGreaterThan(40);
  expect(keys.filter((key) => !documentation.includes(`\`${key}\``))).toEqual([]);
});
