import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import { shop, wired } from "./wired.ts";

const token = JSON.stringify({ token: "ghs_fake" });

/** A server that mints tokens and answers everything else as the test says. */
async function serving(answer: RequestListener, work: (url: string) => Promise<void>) {
  const server = createServer((request, response) => {
    if (!request.url?.endsWith("/access_tokens")) return answer(request, response);
    response.setHeader("content-type", "application/json").end(token);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("an answer that does not come in time is weather (R7)", () =>
  serving(
    () => {},
    async (baseUrl) => {
      const { github } = wired({ baseUrl, clock: systemClock, requestTimeoutMs: 1_000 });

      await expect(github.defaultBranch(shop)).rejects.toMatchObject({
        message: "GET /repos/acme/shop got no answer: no answer in time",
        retryable: true,
        status: null,
      });
    },
  ));

test("an answer that stops in the middle does not hold anyone longer than the time-out (R7)", () =>
  serving(
    (_request, response) => {
      response.setHeader("content-type", "application/json").write('{"default_branch": "ma');
    },
    async (baseUrl) => {
      const { github } = wired({ baseUrl, clock: systemClock, requestTimeoutMs: 1_000 });

      await expect(github.defaultBranch(shop)).rejects.toMatchObject({
        message: "GET /repos/acme/shop was answered 200 but the answer did not end in time",
        retryable: true,
        status: null,
      });
    },
  ));

test("a connection cut in the middle of an answer is in doubt (R7)", () =>
  serving(
    (_request, response) => {
      response.setHeader("content-type", "application/json").write('{"default_branch": "ma', () => {
        response.destroy();
      });
    },
    async (baseUrl) => {
      const { github } = wired({ baseUrl, clock: systemClock });

      await expect(github.defaultBranch(shop)).rejects.toMatchObject({ retryable: true });
    },
  ));

test("nobody there is weather (R7)", async () => {
  const { github } = wired({ baseUrl: "http://127.0.0.1:9", clock: systemClock });

  await expect(github.defaultBranch(shop)).rejects.toMatchObject({ retryable: true, status: null });
});
