import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const requestLimitMs = 5_000;

const callShape = z.looseObject({
  role: z.string().nullable(),
  actor: z.string().nullable(),
  turn: z.string().nullable(),
  model: z.string().nullable(),
  status: z.number().nullable(),
  outcome: z.string(),
  failure: z.string().nullable(),
});

/** One request that reached the scripted model. */
export type ModelCall = z.output<typeof callShape>;

export type SceneModel = {
  /** Every call of the run, those that are over. */
  readonly calls: () => Promise<readonly ModelCall[]>;
  /** What the script had no answer for, a sentence each. */
  readonly failures: () => Promise<readonly string[]>;
  /** Faults as docs/SCRIPTED_MODEL.md explains them. */
  readonly addFaults: (faults: readonly object[]) => Promise<void>;
};

/** @param where asked for at every use, as it is there once the scene plays */
export function createSceneModel(
  where: () => { readonly port: number; readonly data: string },
): SceneModel {
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const { port, data } = where();
    const token = readFileSync(join(data, "model", "control-token"), "utf8").trim();
    const response = await fetch(`http://127.0.0.1:${port}/_control${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(requestLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the model's control: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    calls: async () => z.object({ calls: z.array(callShape) }).parse(await ask("/calls")).calls,
    failures: async () =>
      z
        .object({ failures: z.array(callShape) })
        .parse(await ask("/failures"))
        .failures.map(({ role, failure }) => `${role ?? "no role"}: ${failure}`),
    addFaults: async (faults) => {
      await ask("/faults", faults);
    },
  };
}
