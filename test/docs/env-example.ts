import { z } from "zod";
import { variables } from "../../src/config.ts";

export type Setting = {
  readonly name: string;
  /** One sentence, without its full stop. */
  readonly meaning: string;
  /** As it is written in a file; null when it is not set. */
  readonly fallback: string | null;
  /** What is allowed, in words; empty where any text is. */
  readonly allowed: string;
  readonly isNumber: boolean;
  readonly least: number | null;
  readonly most: number | null;
};

const HEAD = `# Every variable of FactoryFactory, with its default. Copy this file to .env and fill in what you need;
# npm start, npm run workers and npm run dev read .env. An empty variable counts as not set.
# NAME_FILE instead of NAME names a file that holds the value: the better way for every secret.
# Written from src/config.ts by npm run docs:env; do not edit it by hand.
`;

/** What a variable's schema says about it, as far as documents tell it. */
const shape = z.object({
  type: z.string().optional(),
  default: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
});

/** Every variable of src/config.ts, in its order there. */
export function readSettings(): readonly Setting[] {
  return Object.entries(variables).map(([name, schema]) => {
    const describe = (io: "input" | "output") =>
      z.toJSONSchema(schema, { io, unrepresentable: "any" });
    // What is read as a number is bounded in what comes out, what is translated in what goes in.
    const described = { ...describe("input"), ...describe("output") };
    return settingOf(name, schema.description ?? "", described);
  });
}

function settingOf(name: string, meaning: string, described: unknown): Setting {
  const found = shape.parse(described);
  const least = found.minimum ?? found.exclusiveMinimum ?? null;
  const most = found.maximum ?? null;
  // The one default that is another on every machine.
  const fallback = name === "HOST_NAME" ? null : found.default;
  return {
    name,
    meaning: name === "HOST_NAME" ? `${meaning}; the machine's own without it` : meaning,
    fallback: fallback === undefined || fallback === null ? null : String(fallback),
    allowed: allowedOf(found),
    isNumber: found.type === "integer" || found.type === "number",
    least,
    most,
  };
}

function allowedOf({ type, enum: choices, format, ...found }: z.infer<typeof shape>): string {
  if (choices) return choices.join(", ");
  if (format === "uri") return "a URL";
  if (type !== "integer") return "";
  const least = found.minimum ?? (found.exclusiveMinimum ?? 0) + 1;
  if (found.maximum === undefined || found.maximum === Number.MAX_SAFE_INTEGER)
    return `a whole number from ${least} on`;
  return `${least} to ${found.maximum}`;
}

/** The text of .env.example. */
export function renderEnvExample(settings: readonly Setting[]): string {
  const entries = settings.map(({ name, meaning, allowed, fallback }) => {
    const note = allowed === "" ? "" : ` (${allowed})`;
    return `# ${meaning}${note}.\n${fallback === null ? `#${name}=` : `${name}=${fallback}`}\n`;
  });
  return [HEAD, ...entries].join("\n");
}
