import { z } from "zod";
import { isApprovalId } from "../domain/approval.ts";
import { defineTool } from "./define-tool.ts";

const maxIdLength = 8;

/** The one way for an approved call to run: with the arguments that a person saw. */
export const runApproved = defineTool({
  name: "run_approved",
  summary:
    "Run a call of yours that was answered with `pending`, once mail says a person approved it: with the arguments you gave then.",
  needs: ["supervisor", "worker"],
  sensitive: false,
  input: {
    id: z
      .string()
      .max(maxIdLength)
      .refine(isApprovalId, "must be the id you were given, as in: b7k2"),
  },
  handle: ({ id }) => ({ kind: "approved", id }),
});
