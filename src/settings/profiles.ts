import { harness, permissions, text } from "./shapes.ts";

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
} as const;
