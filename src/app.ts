import type { Probot } from "probot";
import type { WebhookPorts } from "./webhooks/define-webhook.ts";
import { webhooks } from "./webhooks/index.ts";

/** The webhooks as a Probot app. The deliveries worker feeds it from the inbox. */
export function createApp(ports: WebhookPorts): (probot: Probot) => void {
  return (probot) => {
    for (const webhook of webhooks)
      for (const event of webhook.events)
        probot.on(event, async (context) => {
          await webhook.handle(context.payload, ports, context.id);
        });
  };
}
