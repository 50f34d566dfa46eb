import { expect, test } from "vitest";
import { codeOnly, withoutComments } from "./code-only.ts";
import * as rules from "./house-rules.ts";
import { judgeImport } from "./import-rules.ts";
import { importsOf, type Source } from "./sources.ts";

const file = (path: string, text: string): Source => ({
  path,
  text,
  code: codeOnly(text),
  uncommented: withoutComments(text),
});

// One broken file per rule: a rule that finds nothing here would find nothing anywhere.
test.each([
  ["length", rules.fileLength, file("src/a.ts", "x\n".repeat(251))],
  ["a drawer for everything", rules.fileName, file("src/lib/utils.ts", "")],
  ["capitals in a name", rules.fileName, file("src/lib/PortError.ts", "")],
  [
    "an index that is none",
    rules.fileName,
    file("src/lib/index.ts", 'export { a } from "./a.ts";'),
  ],
  ["environment", rules.environment, file("src/http/a.ts", "const a = process.env.HOME;")],
  ["shell option", rules.shell, file("src/a.ts", "spawn(a, [], { shell: true });")],
  ["exec", rules.shell, file("src/a.ts", 'import { exec, spawn } from "node:child_process";')],
  ["default export", rules.exportsByName, file("src/a.ts", "export default 1;")],
  ["barrel", rules.exportsByName, file("src/a.ts", 'export * from "./b.ts";')],
  ["a stand-in's door", rules.standIns, file("src/a.ts", 'fetch("/_control/faults");')],
  ["a stand-in's name", rules.standIns, file("workers/a.ts", "const isLocalGitHub = true;")],
  ["a bare assertion", rules.assertions, file("src/a.ts", "const a = b as Epic;")],
  ["no docstring", rules.docstrings, file("src/domain/a.ts", "export function a(): void {}")],
  ["a skip", rules.testHabits, file("test/a.test.ts", 'test.skip("a b c", () => {});')],
  ["a mock", rules.testHabits, file("test/a.test.ts", 'vi.mock("../src/a.ts");')],
  ["should", rules.testNames, file("test/a.test.ts", 'test("a task should land", () => {});')],
  ["a label", rules.testNames, file("test/a.test.ts", 'test.each([1])("%j", () => {});')],
])("the rule about %s finds its broken file (D3)", (_name, rule, broken) => {
  expect(rule(broken)).toHaveLength(1);
});

test("what is allowed is left alone: comments, texts, reasons, lists (D3)", () => {
  const fine = [
    rules.environment(file("src/config.ts", "process.env.HOME")),
    rules.environment(file("src/a.ts", "// process.env is read in config.ts")),
    rules.assertions(file("src/a.ts", "// Reason.\nconst a = b as Epic;\nconst c = [1] as const;")),
    rules.assertions(file("src/a.ts", 'import { a as b } from "./a.ts";\nimport * as c from "d";')),
    rules.fileName(file("src/commands/index.ts", "export const commands = [help];")),
    rules.shell(file("src/a.ts", 'import { execFile } from "node:child_process";')),
  ];

  expect(fine.flat()).toEqual([]);
});

test.each([
  ["src/domain/epic.ts", '"../ports.ts"', "src/domain/epic.ts imports src/ports.ts"],
  ["src/domain/epic.ts", '"node:fs"', "src/domain/epic.ts imports node:fs: no I/O there"],
  ["src/adapters/git/a.ts", '"../github/b.ts"', "imports src/adapters/github/b.ts"],
  ["src/adapters/github/a.ts", '"kysely"', "imports kysely, which is at home elsewhere"],
  ["src/effects/a.ts", '"../adapters/git/git.ts"', "imports src/adapters/git/git.ts"],
  ["src/effects/a.ts", '"../local/demo/main.ts"', "imports src/local/demo/main.ts"],
  ["src/broker/a.ts", '"../domain/agent.ts"', "imports src/domain/agent.ts"],
  ["src/webhooks/a.ts", '"probot"', "imports probot: only its types there"],
  ["workers/landings.ts", '"../src/webhooks/a.ts"', "imports src/webhooks/a.ts"],
  ["src/lib/a.ts", '"./b"', "imports src/lib/b without its ending"],
  ["src/stray/a.ts", '"node:fs"', "is in no folder of the import table"],
])("%s may not import %s (D3)", (path, specifier, reason) => {
  const statics = importsOf(file(path, `import {\n  a,\n} from ${specifier};`));
  const dynamics = importsOf(file(path, `const a = await import(${specifier});`));

  expect(statics.map(judgeImport)).toEqual([expect.stringContaining(reason)]);
  expect(dynamics.map(judgeImport)).toEqual([expect.stringContaining(reason)]);
});
