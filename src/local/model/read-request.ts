import type { z } from "zod";
import { type ApiError, apiError } from "./api-error.ts";
import { brokenRule } from "./check-request.ts";
import { type CountRequest, describeIssue } from "./message-request.ts";
import type { Script } from "./script-schema.ts";

export type ReadRequest<T> =
  | { readonly ok: true; readonly request: T }
  | { readonly ok: false; readonly error: ApiError };

/** Parses and checks a body as the provider does: shape first, then the rules of a conversation. */
export function readRequest<T extends CountRequest>(
  body: string,
  schema: z.ZodType<T>,
  { models }: Script,
): ReadRequest<T> {
  const json = parseJson(body);
  if (json === undefined) return refused(400, "The request body is not valid JSON.");
  const parsed = schema.safeParse(json);
  if (!parsed.success) return refused(400, describeIssue(parsed.error));
  const request = parsed.data;
  const rule = brokenRule(request);
  if (rule !== null) return refused(400, rule);
  if (models && !models.includes(request.model)) return refused(404, `model: ${request.model}`);
  return { ok: true, request };
}

function refused(status: number, message: string): { ok: false; error: ApiError } {
  return { ok: false, error: apiError(status, message) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
