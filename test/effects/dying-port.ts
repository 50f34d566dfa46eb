/** A process that was killed: nobody catches it, nothing after it runs. */
export class Killed extends Error {
  override readonly name = "Killed";
}

export type Death = {
  /** Which call it hits, counted from 0 over all ports that share this death; -1 for none. */
  readonly at: number;
  readonly moment: "before" | "after";
  /** Calls counted so far. */
  calls: number;
};

export function deathAt(at: number, moment: Death["moment"]): Death {
  return { at, moment, calls: 0 };
}

/** The same port, except that one of its `deadly` calls kills the process before or after it is made. */
export function dyingPort<Port extends object>(
  port: Port,
  deadly: readonly (keyof Port)[],
  death: Death,
): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function" || !deadly.some((method) => method === name)) return value;
      return async (...args: readonly unknown[]) => {
        const isNow = death.calls === death.at;
        death.calls += 1;
        if (isNow && death.moment === "before") throw new Killed(`before ${String(name)}`);
        const result: unknown = await Reflect.apply(value, target, args);
        if (isNow && death.moment === "after") throw new Killed(`after ${String(name)}`);
        return result;
      };
    },
  });
}
