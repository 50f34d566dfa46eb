import type { Config } from "../config.ts";

/** What is wrong with a setting that by itself has an allowed value. */
export type Fault = {
  readonly variable: keyof Config;
  /** With an error nothing starts; with a warning it does, and the setting does less than it says. */
  readonly state: "error" | "warning";
  /** The value, what is wrong with it, what is allowed. No secret. */
  readonly says: string;
};

/** Looks at settings, and at this machine as far as they speak of it. */
export type SettingsCheck = (config: Config) => readonly Fault[] | Promise<readonly Fault[]>;

export function error(variable: keyof Config, says: string): Fault {
  return { variable, state: "error", says };
}

export function warning(variable: keyof Config, says: string): Fault {
  return { variable, state: "warning", says };
}
