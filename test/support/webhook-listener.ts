import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook as it arrived. */
export type Arrived = {
  readonly name: string;
  readonly guid: string;
  readonly signed: boolean;
  readonly headers: NodeJS.Dict<string | string[]>;
  // Payloads are read field by field in assertions, which fail on what is not there.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly payload: any;
};

/** An App's server that keeps what arrives and answers as `hook` says. */
export async function listenForWebhooks(
  arrived: Arrived[],
  hook: { readonly status: number | "silence" },
  secret: string,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const { headers } = request;
      const payload = JSON.parse(body.toString());
      const expected = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      const action = payload.action === undefined ? "" : `.${payload.action}`;
      arrived.push({
        name: `${headers["x-github-event"]}${action}`,
        guid: String(headers["x-github-delivery"]),
        signed: headers["x-hub-signature-256"] === expected,
        headers,
        payload,
      });
      if (hook.status !== "silence") response.writeHead(hook.status).end("ok");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server listening on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}` };
}
