import { type Answer, end, events, start, text } from "./provider.ts";

// What a provider answers in most tests.

/** A whole streamed answer. */
export const stream: Answer = (res) => {
  res.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "request-id": "req_1",
    "set-cookie": "a=b",
  });
  res.end(events(start, text, end));
};

/** Only a status, with the provider's way to say why. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (res) => {
    res.writeHead(code, { "content-type": "application/json", ...headers });
    res.end(
      JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Full" } }),
    );
  };
