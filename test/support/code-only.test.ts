import { expect, test } from "vitest";
import { codeOnly, withoutComments } from "./code-only.ts";

// Each line is a trap for whoever looks for code with patterns.
const source = [
  'const a = "// no comment \\" here"; // a comment "with" quotes',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is part of the trap
  "const b = `text ${ call({ nested: `deep ${x}` }) } // still text`;",
  'const c = /[/"]\\/\\*/.test(y); /* a',
  "comment */ const d = 6 / 2 / 1;",
  "const e = 'it\\'s';",
].join("\n");

test("comments, strings, templates and patterns are blanked, and code stays in its place", () => {
  expect(codeOnly(source)).toMatchInlineSnapshot(`
    "const a = "                     ";                           
    const b = \`     \${ call({ nested: \`     \${x}\` }) }              \`;
    const c = /        /.test(y);     
               const d = 6 / 2 / 1;
    const e = '     ';"
  `);
});

test("strings stay where only comments are blanked", () => {
  expect(withoutComments(source)).toMatchInlineSnapshot(`
    "const a = "// no comment \\" here";                           
    const b = \`text \${ call({ nested: \`deep \${x}\` }) } // still text\`;
    const c = /[/"]\\/\\*/.test(y);     
               const d = 6 / 2 / 1;
    const e = 'it\\'s';"
  `);
});

test("a blanked file has as many lines and characters as before", () => {
  expect(codeOnly(source)).toHaveLength(source.length);
  expect(withoutComments(source).split("\n")).toHaveLength(source.split("\n").length);
});
