// The forms in which a secret may stand somewhere. What is encrypted or reworded cannot be found:
// that is why no agent has one.

export type Canary = {
  /** Never the value itself: what is reported must be harmless. */
  readonly name: string;
  readonly forms: readonly { readonly encoding: string; readonly text: string }[];
};

const shortestForm = 8;

/** Every form of every value, named by its place in the list. */
export function canariesOf(values: readonly string[]): readonly Canary[] {
  return values.map((value, index) => ({ name: `canary ${index + 1}`, forms: formsOf(value) }));
}

function formsOf(value: string): Canary["forms"] {
  const bytes = Buffer.from(value);
  const half = Math.ceil(value.length / 2);
  const forms = [
    { encoding: "plain", text: value },
    { encoding: "lower case", text: value.toLowerCase() },
    { encoding: "hex", text: bytes.toString("hex") },
    { encoding: "HEX", text: bytes.toString("hex").toUpperCase() },
    { encoding: "url", text: encodeURIComponent(value) },
    { encoding: "json", text: JSON.stringify(value).slice(1, -1) },
    { encoding: "reversed", text: [...value].reverse().join("") },
    { encoding: "rot13", text: rot13(value) },
    // A base64 of something that contains it starts at any of three places.
    ...[0, 1, 2].flatMap((shift) => base64Forms(bytes, shift)),
    // Halves of a short value would be words.
    ...(half >= 2 * shortestForm
      ? [
          { encoding: "first half", text: value.slice(0, half) },
          { encoding: "second half", text: value.slice(half) },
        ]
      : []),
  ];
  return forms.filter(({ text }) => text.length >= shortestForm);
}

function base64Forms(bytes: Buffer, shift: number): Canary["forms"] {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  // Letters at both ends depend on what stands beside the value.
  const text = encoded.slice(shift === 0 ? 0 : shift + 1, -1);
  const url = text.replaceAll("+", "-").replaceAll("/", "_");
  return [
    { encoding: "base64", text },
    { encoding: "base64url", text: url },
  ];
}

function rot13(value: string): string {
  return value.replace(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** Which canaries stand in a text, in which form. */
export function canariesIn(
  text: string,
  canaries: readonly Canary[],
): readonly { readonly canary: string; readonly encoding: string }[] {
  return canaries.flatMap(({ name, forms }) => {
    const found = forms.find((form) => text.includes(form.text));
    return found === undefined ? [] : [{ canary: name, encoding: found.encoding }];
  });
}
