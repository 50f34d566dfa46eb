import { expect, test } from "vitest";
import { postJson } from "./support/post.ts";
import { startWeb } from "./support/web.ts";

test("mail that was there before the agent stands in its first message, once (A8, Q3b)", async () => {
  const web = await startWeb();
  const from = { kind: "product" } as const;
  const mail = { to: "supervisor", from, subject: "Early", body: "Know this." } as const;
  await web.decide(() => ({ mail: [mail] }));
  const life = await web.beginLife("supervisor");

  const first = await (await web.request(life, "/agent/start")).json();
  const again = await (await web.request(life, "/agent/start")).json();
  const waited = await postJson(web, life, "/agent/wait", { idleMs: 1 });

  expect(first.messages).toHaveLength(1);
  expect(first.messages[0].content).toMatch(/^Lead epic 12\.\n\n[\s\S]*Early/);
  expect(again).toEqual(first);
  expect(waited).toEqual({ kind: "sleep" });
});
