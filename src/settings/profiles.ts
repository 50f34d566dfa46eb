import { z } from "zod";
import { harnesses } from "../domain/profile.ts";
import { harness, list, permissions, text } from "./shapes.ts";

/** What agents live with, by role, unless something nearer says otherwise (A6). */
export const profiles = {
  WORKER_MODEL: text.default("sonnet").describe("Model of workers: an alias or a full id"),
  SUPERVISOR_MODEL: text.default("sonnet").describe("Model of supervisors"),
  ORCHESTRATOR_MODEL: text.default("sonnet").describe("Model of orchestrators"),
  WORKER_PERMISSIONS: permissions("yolo").describe("Permission mode of workers"),
  SUPERVISOR_PERMISSIONS: permissions("relaxed").describe("Permission mode of supervisors"),
  ORCHESTRATOR_PERMISSIONS: permissions("strict").describe("Permission mode of orchestrators"),
  WORKER_HARNESS: harness.describe("Program that lives a worker's life"),
  SUPERVISOR_HARNESS: harness.describe("Program that lives a supervisor's life"),
  ORCHESTRATOR_HARNESS: harness.describe("Program that lives an orchestrator's life"),
  ALLOWED_MODELS: list("opus,sonnet,haiku").describe(
    "Models that people may choose besides those above, by alias or full id, separated by commas",
  ),
  MAX_PERMISSIONS: permissions("yolo").describe("Most permissive mode that any agent may have"),
  ALLOWED_HARNESSES: list("runner,claude-code")
    .pipe(z.array(z.enum(harnesses)))
    .describe("Harnesses that people may choose besides those above, separated by commas"),
} as const;
