import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** What stands in every request of a role: its system prompt and tools, as they were sent. */
export type FixedPart = { readonly role: string; readonly bytes: number; readonly body: string };

export type Recorder = {
  readonly url: string;
  /** By the role named in the system prompt, in the order of their first request. */
  readonly fixedParts: () => readonly FixedPart[];
  readonly close: () => Promise<void>;
};

const bodyShape = z.looseObject({ system: z.unknown(), tools: z.unknown() });

/** Stands before the provider, passes everything on, and keeps each role's fixed part. */
export async function recordRequests(modelPort: () => number): Promise<Recorder> {
  const parts = new Map<string, FixedPart>();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const sent = Buffer.concat(chunks);
      keep(parts, sent.toString("utf8"));
      const { method, url: path, headers } = req;
      const onward = request(
        { host: "127.0.0.1", port: modelPort(), method, path, headers },
        (answer) => {
          res.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(res);
        },
      );
      onward.on("error", () => res.destroy());
      onward.end(sent);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    fixedParts: () => [...parts.values()],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function keep(parts: Map<string, FixedPart>, body: string): void {
  const parsed = bodyShape.safeParse(JSON.parse(body));
  if (!parsed.success) return;
  const { system, tools } = parsed.data;
  const text = JSON.stringify({ system, tools });
  const role = /# Role: (\w+)/.exec(text)?.[1];
  if (role === undefined || parts.has(role)) return;
  parts.set(role, { role, bytes: Buffer.byteLength(text), body: text });
}
