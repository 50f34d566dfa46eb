import { ToolFailure } from "./local-tool.ts";

/** Reads fields of what a model sent; every mismatch names the field and what is wanted. */
export type InputReader = {
  readonly text: (field: string) => string;
  readonly optionalText: (field: string) => string | null;
  /** At least 1. */
  readonly optionalCount: (field: string) => number | null;
  readonly flag: (field: string) => boolean;
};

export function readInput(input: unknown): InputReader {
  if (typeof input !== "object" || input === null) throw new ToolFailure("the input is no object");
  const fields = new Map(Object.entries(input));
  const get = (field: string): unknown => fields.get(field) ?? null;
  const optionalText = (field: string): string | null => {
    const value = get(field);
    if (value === null || typeof value === "string") return value;
    throw new ToolFailure(`"${field}" must be a string`);
  };
  return {
    optionalText,
    text: (field) => {
      const value = optionalText(field);
      if (value === null) throw new ToolFailure(`"${field}" is missing; it must be a string`);
      return value;
    },
    optionalCount: (field) => {
      const value = get(field);
      if (value === null) return null;
      if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
      throw new ToolFailure(`"${field}" must be a whole number from 1`);
    },
    flag: (field) => {
      const value = get(field);
      if (value === null) return false;
      if (typeof value === "boolean") return value;
      throw new ToolFailure(`"${field}" must be true or false`);
    },
  };
}
