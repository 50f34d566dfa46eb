import { expect, test } from "vitest";
import { createRedactor, redactShapes } from "../../src/lib/redact.ts";
import { Secret } from "../../src/lib/secret.ts";

test("a known secret is hidden plain, base64- and URL-encoded and inside JSON (S7)", () => {
  const value = 'p@ss "word"/canary';
  const redact = createRedactor([new Secret(value)]);
  const text = [
    `plain ${value}`,
    `url ${encodeURIComponent(value)}`,
    `base64 ${Buffer.from(value).toString("base64")}`,
    JSON.stringify({ value }),
  ].join("\n");

  const redacted = redact(text);

  expect(redacted).toMatchInlineSnapshot(`
    "plain [redacted]
    url [redacted]
    base64 [redacted]
    {"value":"[redacted]"}"
  `);
});

test("a secret inside a longer secret leaves no remainder", () => {
  const redact = createRedactor(["canary", "canary-and-more"]);

  expect(redact("x canary-and-more y")).toBe("x [redacted] y");
});

test("a value too short to be a secret hides nothing", () => {
  const redact = createRedactor(["main"]);

  expect(redact("the main branch")).toBe("the main branch");
});

// Put together at run time, so that no scanner takes this file for a leak.
const shapes = [
  ["an installation token", `ghs_${"a1".repeat(18)}`],
  ["a fine-grained token", `github_pat_${"A1".repeat(15)}`],
  ["a model provider's key", `sk-ant-${"api03-Zz9".repeat(4)}`],
  ["a JWT", `eyJ${"hbGciOiJ".repeat(2)}.eyJ${"pc3MiOiI".repeat(2)}.${"sig".repeat(6)}`],
  ["a private key", `-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----`],
  ["a cut private key", `-----BEGIN PRIVATE KEY-----\nMIIE`],
] as const;

test.each(shapes)("%s is hidden by its shape alone (S7)", (_name, token) => {
  expect(redactShapes(`before ${token}`)).toBe("before [redacted]");
});

test("what is redacted in context keeps its label (S7)", () => {
  expect(redactShapes("Authorization: Bearer abc.def")).toBe("Authorization: Bearer [redacted]");
  expect(redactShapes('"x-api-key": "abcdefgh"')).toBe('"x-api-key": "[redacted]"');
  expect(redactShapes("postgres://factory:pw@/factory")).toBe(
    "postgres://factory:[redacted]@/factory",
  );
});

test("ordinary text stays as it is", () => {
  const text = "See https://example.org/a:b and ask @ada; the secret is out. 12:30, a@b.c";

  expect(redactShapes(text)).toBe(text);
});
