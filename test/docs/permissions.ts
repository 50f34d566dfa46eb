import { permissionModes } from "../../src/domain/profile.ts";
import { type Role, roles } from "../../src/domain/states.ts";
import type { Tool } from "../../src/tools/define-tool.ts";
import { tools } from "../../src/tools/index.ts";
import { type Permission, permissionOf } from "../../src/tools/permission.ts";

const words: Readonly<Record<Permission, string>> = {
  refused: "refused",
  denied: "denied",
  waits: "waits for approval",
  runs: "runs",
};

/** Role by tool by mode, from the function that decides it. */
export function permissionRows(): readonly (readonly string[])[] {
  return tools.map((tool) => [
    `\`${tool.name}\``,
    ...roles.map((role) => cellOf(tool, role, [])),
    roles.map((role) => cellOf(tool, role, [tool.name])).find((word) => word === "denied") ??
      "refused",
  ]);
}

export const permissionHead = ["tool", ...roles, "in `DENIED_TOOLS`"] as const;

/** The tools that wait in strict mode, in the order of the matrix. */
export function sensitiveTools(): readonly string[] {
  return tools.filter(({ sensitive }) => sensitive).map(({ name }) => name);
}

/** One word where every mode says the same, else the modes by name. */
function cellOf(tool: Tool, role: Role, deniedTools: readonly string[]): string {
  const said = permissionModes.map(
    (mode) => [mode, words[permissionOf(tool, { role, mode, deniedTools })]] as const,
  );
  const first = said[0]?.[1] ?? "";
  if (said.every(([, word]) => word === first)) return first;
  return said.map(([mode, word]) => `${mode}: ${word}`).join("<br>");
}
