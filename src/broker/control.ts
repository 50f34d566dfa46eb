import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { answer } from "./answer.ts";
import { isLifeName, type Lives } from "./lives.ts";

// PUT /lives/NAME {"token": "…"} · DELETE /lives/NAME · GET /lives. On a socket of mode 0600, for
// the product's workers alone.

const MAX_CONTROL_BYTES = 16_384;

/** Handles the control socket's requests; what goes wrong is told to the caller as JSON. */
export function createControlHandler(lives: Lives): RequestListener {
  return (request, response) => {
    handle(lives, request, response).catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      answer(response, 500, { error: "broken", detail });
    });
  };
}

async function handle(
  lives: Lives,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, folder, name = ""] = (request.url ?? "").split("/");
  if (folder !== "lives") return answer(response, 404, { error: "notFound" });
  if (request.method === "GET" && name === "") {
    return answer(response, 200, { lives: lives.names() });
  }
  if (!isLifeName(name)) {
    const detail = `${JSON.stringify(name)} is no life name: [a-z0-9.-], at most 80`;
    return answer(response, 400, { error: "badName", detail });
  }
  switch (request.method) {
    case "PUT": {
      const token = await readToken(request);
      if (token === null) {
        return answer(response, 400, { error: "badBody", detail: 'expected {"token": "…"}' });
      }
      await lives.open(name, token);
      return answer(response, 200, { dir: `${process.cwd()}/lives/${name}` });
    }
    case "DELETE":
      await lives.close(name);
      return answer(response, 204, null);
    default:
      return answer(response, 405, { error: "methodNotAllowed" });
  }
}

async function readToken(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_CONTROL_BYTES) return null;
    chunks.push(chunk);
  }
  return tokenIn(Buffer.concat(chunks).toString("utf8"));
}

function tokenIn(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("token" in body)) return null;
    return typeof body.token === "string" && body.token !== "" ? body.token : null;
  } catch {
    return null; // Not JSON: the same bad body to the caller.
  }
}
