// Starts the stand-in for one test, and speaks to it as the real SDK does.
import Anthropic from "@anthropic-ai/sdk";
import { onTestFinished } from "vitest";
import {
  type ScriptedModel,
  type ScriptedModelOptions,
  startScriptedModel,
} from "../../../src/local/model/scripted-model.ts";

export type Started = ScriptedModel & {
  readonly client: Anthropic;
  /** Asks the control interface. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
};

/** The stand-in on a free port, closed after the test, with a client that never retries. */
export async function start(options: ScriptedModelOptions): Promise<Started> {
  const model = await startScriptedModel(options);
  onTestFinished(() => model.close());
  const apiKey = options.key ?? "any";
  return {
    ...model,
    client: new Anthropic({ apiKey, baseURL: model.url, maxRetries: 0, logLevel: "off" }),
    control: (method, path, body) =>
      fetch(`${model.url}/_control${path}`, {
        method,
        headers: { authorization: `Bearer ${model.controlToken}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** A script whose worker has these turns. */
export function worker(turns: readonly unknown[], rest: object = {}): object {
  return { roles: { worker: { turns } }, ...rest };
}

/** A request of the worker role. */
export function ask(
  content: Anthropic.MessageParam["content"],
  tools: readonly string[] = [],
): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: "claude-test",
    max_tokens: 1_000,
    system: "# Role: worker",
    messages: [{ role: "user", content }],
    tools: tools.map((name) => ({ name, input_schema: { type: "object" } })),
  };
}
