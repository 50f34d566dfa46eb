import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { answer } from "./answer.ts";
import { isLifeName, type Lives } from "./lives.ts";
import type { Reach } from "./reach.ts";

// PUT /lives/NAME {"token": "…", "registries": false} · DELETE /lives/NAME · GET /lives · GET
// /product. On a socket of mode 0600, for the product's workers alone. A token of null leads to
// registries and nothing else; "forMs" closes the socket after that time, and no list of lives names
// it. /product answers 503 while cells do not get through to the product.

const MAX_CONTROL_BYTES = 16_384;

/** Handles the control socket's requests; what goes wrong is told to the caller as JSON. */
export function createControlHandler(lives: Lives, reach: Reach): RequestListener {
  return (request, response) => {
    const isProduct = request.method === "GET" && request.url === "/product";
    const handling = isProduct ? answerReach(reach, response) : handle(lives, request, response);
    handling.catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      answer(response, 500, { error: "broken", detail });
    });
  };
}

async function answerReach(reach: Reach, response: ServerResponse): Promise<void> {
  const seen = await reach();
  if (seen.isReached) answer(response, 200, {});
  else answer(response, 503, { error: "upstreamAway", detail: seen.detail });
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
      const opening = await readOpening(request);
      if (opening === null) {
        const detail = 'expected {"token": "…" or null, "registries": boolean, "forMs": number}';
        return answer(response, 400, { error: "badBody", detail });
      }
      const { token, registries, forMs } = opening;
      const untilMs = forMs === null ? null : Date.now() + forMs;
      await lives.open(name, token, { product: token !== null, registries, untilMs });
      return answer(response, 200, { dir: `${process.cwd()}/lives/${name}` });
    }
    case "DELETE":
      await lives.close(name);
      return answer(response, 204, null);
    default:
      return answer(response, 405, { error: "methodNotAllowed" });
  }
}

type Opening = {
  readonly token: string | null;
  readonly registries: boolean;
  readonly forMs: number | null;
};

async function readOpening(request: IncomingMessage): Promise<Opening | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_CONTROL_BYTES) return null;
    chunks.push(chunk);
  }
  return openingIn(Buffer.concat(chunks).toString("utf8"));
}

function openingIn(text: string): Opening | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("token" in body)) return null;
    const { token } = body;
    const registries = "registries" in body ? body.registries : false;
    const forMs = "forMs" in body ? body.forMs : null;
    if (token !== null && (typeof token !== "string" || token === "")) return null;
    if (typeof registries !== "boolean") return null;
    if (forMs !== null && !(typeof forMs === "number" && forMs > 0)) return null;
    return { token, registries, forMs };
  } catch {
    return null; // Not JSON: the same bad body to the caller.
  }
}
