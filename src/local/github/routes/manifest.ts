import { z } from "zod";
import { ensureUser } from "../accounts.ts";
import { registerApp } from "../apps.ts";
import { notFound } from "../server/github-error.ts";
import { created, plainRoute } from "../server/route.ts";
import { type AppRow, permissionLevels, type UserRow } from "../store/accounts.ts";
import { renderApp } from "../views/user.ts";
import type { World } from "../world.ts";

const CODE_LIFE_MS = 60 * 60 * 1000;

/** A GitHub App manifest, as Probot sends it. */
export const manifestSchema = z.object({
  name: z.string().optional(),
  url: z.string(),
  description: z.string().nullish(),
  hook_attributes: z.object({ url: z.string(), active: z.boolean().optional() }).optional(),
  redirect_url: z.string().optional(),
  public: z.boolean().optional(),
  default_permissions: permissionLevels.optional(),
  default_events: z.array(z.string()).optional(),
});

export const manifestRoutes = [
  plainRoute({
    method: "POST",
    template: "/app-manifests/{code}/conversions",
    access: "anyone",
    handle: (world, call) => {
      const row = world.tables.manifestCodes.first({ code: call.params["code"] ?? "" });
      if (row === null || row.expiresAt <= world.now()) throw notFound();
      const app = world.tables.apps.must(row.appId);
      // A code works once.
      world.transaction(() => world.tables.manifestCodes.remove(row.id));
      return created({
        ...renderApp(world, app),
        client_id: app.clientId,
        client_secret: app.clientSecret,
        webhook_secret: app.webhookSecret,
        pem: app.privateKey,
      });
    },
  }),
];

/** Registers the App a manifest describes, and returns the code its secrets are fetched with. */
export function acceptManifest(
  world: World,
  manifest: z.infer<typeof manifestSchema>,
  owner: UserRow,
): { readonly app: AppRow; readonly code: string } {
  return world.transaction(() => {
    const app = registerApp(world, {
      name: manifest.name ?? `app-${crypto.randomUUID().slice(0, 8)}`,
      owner: ensureUser(world, owner),
      externalUrl: manifest.url,
      description: manifest.description ?? null,
      permissions: manifest.default_permissions ?? {},
      events: manifest.default_events ?? [],
      webhookUrl: manifest.hook_attributes?.url ?? null,
      webhookSecret: null,
    });
    const code = crypto.randomUUID().replaceAll("-", "");
    const expiresAt = world.now() + CODE_LIFE_MS;
    world.tables.manifestCodes.insert({ code, appId: app.id, expiresAt });
    return { app, code };
  });
}
