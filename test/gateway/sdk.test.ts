import Anthropic from "@anthropic-ai/sdk";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { startScriptedModel } from "../../src/local/model/scripted-model.ts";
import { brokerSecret, upstreamKey } from "../http/support/web.ts";
import { question, startGateway } from "./support/provider.ts";

const script = {
  roles: {
    worker: {
      turns: [{ text: "I look.", calls: [{ tool: "shell", input: { command: "ls" } }] }],
    },
  },
};

test("the provider's own SDK streams through the gateway and is metered (G1, G4)", async () => {
  const provider = await startScriptedModel({ script, key: upstreamKey });
  onTestFinished(() => provider.close());
  const { web, worker, recorded } = await startGateway({ baseUrl: provider.url });
  const client = new Anthropic({
    baseURL: web.url,
    apiKey: null,
    authToken: worker.token,
    maxRetries: 0,
    defaultHeaders: { "x-factory-life": worker.name, "x-factory-broker": brokerSecret },
  });

  const message = await client.messages
    .stream({
      model: question.model,
      max_tokens: 100,
      system: "# Role: worker",
      messages: [{ role: "user", content: "Do task 1." }],
      tools: [{ name: "shell", input_schema: { type: "object" } }],
    })
    .finalMessage();

  expect(message.stop_reason).toBe("tool_use");
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({
    status: 200,
    tokensIn: message.usage.input_tokens,
    tokensOut: message.usage.output_tokens,
  });
});
