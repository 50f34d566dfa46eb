import { Probot } from "probot";
import type { Delivery } from "./ports/spine.ts";
import type { Handled, WebhookPorts } from "./webhooks/define-webhook.ts";
import { webhooks } from "./webhooks/index.ts";

/** Hands a delivery to the webhooks; `early` when what it is about is not known yet. */
export type Receive = (delivery: Delivery) => Promise<Handled>;

/** The webhooks behind Probot. The deliveries worker feeds it from the inbox, not the network. */
export async function createReceiver(
  options: ConstructorParameters<typeof Probot>[0],
  ports: WebhookPorts,
): Promise<Receive> {
  const probot = new Probot(options);
  // Probot passes nothing back from its handlers.
  const early = new Set<string>();
  await probot.load((app: Probot) => {
    for (const webhook of webhooks)
      for (const event of webhook.events)
        app.on(event, async (context) => {
          const outcome = await webhook.handle(context.payload, ports, context.id);
          if (outcome === "early") early.add(context.id);
        });
  });
  return async ({ guid, event, payload }) => {
    // The inbox holds what GitHub sent, signature checked; the handlers validate what they read.
    await probot.receive({ id: guid, name: event, payload } as Parameters<Probot["receive"]>[0]);
    return early.delete(guid) ? "early" : undefined;
  };
}
