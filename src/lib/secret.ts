import { inspect } from "node:util";

const SHOWN = "[secret]";

/** A value that prints as `[secret]` in templates, JSON, logs and the debugger's console. */
export class Secret {
  readonly #value: string;

  /** @param value the secret text; not copied anywhere else */
  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself, for the one call that sends it. Never log or store what this returns. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
