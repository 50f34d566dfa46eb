import { createServer } from "node:http";

// A provider that does nothing but stream: `events` events, one every `everyMs`, numbered. What the
// gateway adds is measured against asking it directly. Imports nothing of the product.

const line = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

const server = createServer((req, res) => {
  req.resume();
  req.on("end", () => {
    const events = Number(req.headers["x-events"] ?? process.argv[2] ?? 1);
    const everyMs = Number(req.headers["x-every-ms"] ?? process.argv[3] ?? 0);
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write(line("message_start", { message: { usage: { input_tokens: 10 } } }));
    let sent = 0;
    const next = (): void => {
      res.write(line("content_block_delta", { index: 0, sent, delta: { text: "x".repeat(80) } }));
      sent += 1;
      if (sent < events) return void setTimeout(next, everyMs);
      res.end(line("message_delta", { usage: { output_tokens: events } }));
    };
    next();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`provider ready: ${typeof address === "object" ? address?.port : ""}`);
});
