import type { ServerResponse } from "node:http";

/** Answers with JSON, or without a body; does nothing when an answer has already begun. */
export function answer(response: ServerResponse, status: number, body: object | null): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (body === null) {
    response.writeHead(status).end();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
