import { z } from "zod";
import type { LifeIdentity } from "../domain/agent.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Installation } from "../domain/installation.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import type { ProfileRules } from "../domain/resolve-profile.ts";
import type { Role } from "../domain/states.ts";
import type { Note } from "../ports/epics.ts";

/** Who calls, and what is true at that moment. Nothing in it comes from the model. */
export type ToolCall = {
  readonly life: LifeIdentity;
  readonly view: EpicView;
  /** The caller's name as people see it. */
  readonly name: string;
  /** What the operator allows for agents. */
  readonly profiles: ProfileRules;
  /** How often a supervisor may begin a failed task again by itself. */
  readonly maxTaskRetries?: number;
  /** The caller's installation, for an orchestrator; null for everybody else. */
  readonly installation: Installation | null;
};

export type ToolOutcome =
  | Refusal
  | { readonly kind: "reply"; readonly reply: unknown; readonly notes?: readonly Note[] }
  | {
      readonly kind: "decided";
      readonly decision: Decision;
      readonly reply: unknown;
      readonly notes?: readonly Note[];
    }
  /** The agent's host does it; its answer is the reply. */
  | { readonly kind: "host"; readonly operation: HostOperation }
  /** Another call runs, as it was stored when a person was asked about it. */
  | { readonly kind: "approved"; readonly id: string };

/** A refusal the model can act on: `expected` is the schema its arguments did not meet. */
export type ToolRefusal = Refusal & { readonly expected?: unknown };

/** A call whose arguments are right, to be decided on what is true. */
export type PreparedCall = (call: ToolCall) => ToolOutcome;

/** A tool as the server knows it: its own input type is behind `prepare`. */
export type Tool = {
  readonly name: string;
  /** For the model: when to call it, when not to, limits in numbers. */
  readonly summary: string;
  readonly needs: readonly Role[];
  /** Ends or throws away what people asked for, beyond mending: waits for them in strict mode. */
  readonly sensitive: boolean;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly prepare: (input: unknown) => PreparedCall | ToolRefusal;
};

type ToolDeclaration<Shape extends z.ZodRawShape> = {
  readonly name: string;
  readonly summary: string;
  readonly needs: readonly Role[];
  readonly sensitive: boolean;
  /** Every text and list has a greatest length. */
  readonly input: Shape;
  /** Pure: decides from its arguments alone. */
  readonly handle: (
    input: z.output<z.ZodObject<Shape, z.core.$strict>>,
    call: ToolCall,
  ) => ToolOutcome;
};

/**
 * Declares a tool.
 *
 * @param declaration its name, words for the model, roles, input and decision
 * @returns the tool; arguments that its input does not name are wrong arguments
 */
export function defineTool<Shape extends z.ZodRawShape>(declaration: ToolDeclaration<Shape>): Tool {
  const { name, summary, needs, sensitive, input, handle } = declaration;
  const schema = z.strictObject(input);
  const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(schema, { io: "input" });
  return {
    name,
    summary,
    needs,
    sensitive,
    inputSchema,
    prepare: (raw) => {
      const parsed = schema.safeParse(raw);
      if (parsed.success) return (call) => handle(parsed.data, call);
      const problems = parsed.error.issues.map(problemOf).join("; ");
      const detail = `${problems}. Call ${name} again with arguments as expected.`;
      return { refused: "wrong-arguments", detail, expected: inputSchema };
    },
  };
}

function problemOf(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join(".");
  return where === "" ? issue.message : `${where}: ${issue.message}`;
}

/** The usual end of a tool that decides: the refusal as it is, or the decision with its reply. */
export function decided(
  decision: Decision | Refusal,
  reply: (decision: Decision) => unknown,
): ToolOutcome {
  if (isRefusal(decision)) return decision;
  return { kind: "decided", decision, reply: reply(decision) };
}
