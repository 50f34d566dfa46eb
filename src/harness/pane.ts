// What a person sees who watches the agent's tmux session. Whatever a model, a tool or a file said
// is text here, never control: escape sequences could drive the watcher's terminal.

const COLOUR = { grey: 90, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

const LONGEST_LINE = 400;

export type Pane = {
  readonly heading: (text: string) => void;
  /** A piece of what the model says, as it comes. */
  readonly stream: (text: string) => void;
  readonly tool: (name: string, input: unknown) => void;
  readonly result: (text: string, isError: boolean) => void;
  readonly note: (text: string) => void;
  readonly warning: (text: string) => void;
};

/** @param write puts text on the screen */
export function createPane(write: (text: string) => void): Pane {
  let inStream = false;
  const line = (colour: keyof typeof COLOUR, text: string): void => {
    if (inStream) write("\n");
    inStream = false;
    write(`\u001b[${COLOUR[colour]}m${text}\u001b[0m\n`);
  };
  return {
    heading: (text) => line("cyan", oneLine(text)),
    stream: (text) => {
      inStream = true;
      write(withoutControls(text));
    },
    tool: (name, input) => line("yellow", `▸ ${oneLine(`${name} ${JSON.stringify(input)}`)}`),
    result: (text, isError) =>
      line(isError ? "red" : "grey", `  ${isError ? "✗" : "✓"} ${oneLine(text)}`),
    note: (text) => line("grey", `· ${oneLine(text)}`),
    warning: (text) => line("red", `! ${oneLine(text)}`),
  };
}

/** Takes out C0 (except tab and line feed), DEL and C1. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function oneLine(text: string): string {
  const flat = withoutControls(text.slice(0, 4 * LONGEST_LINE))
    .replace(/\s+/g, " ")
    .trim();
  return flat.length <= LONGEST_LINE ? flat : `${flat.slice(0, LONGEST_LINE)} …`;
}
