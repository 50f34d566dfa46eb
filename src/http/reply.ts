import type { ServerResponse } from "node:http";

/** An answer as a value: sent by the edge, so that every route answers in one shape. */
export type Reply = {
  readonly status: number;
  /** JSON; null for no body. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What went wrong, in one word for programs and one sentence for people. */
export function refusal(status: number, error: string, detail: string): Reply {
  return { status, body: { error, detail } };
}

export function send(res: ServerResponse, { status, body, headers = {} }: Reply): void {
  const text = body === null ? "" : JSON.stringify(body);
  res.writeHead(status, {
    ...headers,
    ...(body === null ? {} : { "content-type": "application/json; charset=utf-8" }),
    ...(status === 204 ? {} : { "content-length": Buffer.byteLength(text) }),
  });
  res.end(text);
}
