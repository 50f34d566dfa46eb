import { expect, test } from "vitest";
import { z } from "zod";
import { newQuestion } from "../../src/domain/question.ts";
import { toolsOf } from "./support/mcp-client.ts";
import { startWeb } from "./support/web.ts";

const started = z.object({
  role: z.string(),
  system: z.string(),
  messages: z.array(z.object({ content: z.string() })),
});

test("each question has a life of its own that begins with it and is offered three tools (A12, A5)", async () => {
  const web = await startWeb();
  const asked = { kind: "failingTask", task: 1, detail: "Task 1 failed." } as const;
  await web.decide((view) => ({ questions: [newQuestion(view, asked)] }));
  const life = await web.beginLife("orchestrator/1");

  const start = started.parse(await (await web.request(life, "/agent/start")).json());
  const { client } = await toolsOf(web, life);
  const { tools } = await client.listTools();

  expect(start).toMatchObject({ role: "orchestrator", system: "You are a orchestrator." });
  expect(start.messages.map(({ content }) => content)).toEqual(["Decide on failingTask."]);
  expect(tools.map(({ name }) => name)).toEqual([
    "orchestrator_epics",
    "orchestrator_supervisors",
    "orchestrator_decide",
  ]);
});
