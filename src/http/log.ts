/** Facts first, then a constant event name. pino's logger is one. */
export type Log = {
  readonly info: (facts: object, event: string) => void;
  readonly warn: (facts: object, event: string) => void;
  readonly error: (facts: object, event: string) => void;
};
