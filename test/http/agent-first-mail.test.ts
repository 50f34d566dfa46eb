import { expect, test } from "vitest";
import { z } from "zod";
import { postJson } from "./support/post.ts";
import { startWeb } from "./support/web.ts";

const started = z.object({ messages: z.array(z.object({ content: z.string() })) });

test("mail that was there before the agent stands in its first message, once (A8, Q3b)", async () => {
  const web = await startWeb();
  const from = { kind: "product" } as const;
  const mail = { to: "supervisor", from, subject: "Early", body: "Know this." } as const;
  await web.decide(() => ({ mail: [mail] }));
  const life = await web.beginLife("supervisor");

  const start = async () => started.parse(await (await web.request(life, "/agent/start")).json());
  const first = await start();
  const again = await start();
  const waited = await postJson(web, life, "/agent/wait", { idleMs: 1 });

  expect(first.messages).toHaveLength(1);
  expect(first.messages[0]?.content).toMatch(/^Lead epic 12\.\n\n[\s\S]*Early/);
  expect(again).toEqual(first);
  expect(waited).toEqual({ kind: "sleep" });
});
