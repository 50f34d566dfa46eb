import { Hono } from "hono";
import { z } from "zod";
import { apiError } from "./api-error.ts";
import { faultSchema } from "./fault-schema.ts";
import { describeIssue } from "./message-request.ts";
import { type Env, errorReply, type StandIn } from "./stand-in.ts";

/** The control interface: what was called, what failed, which faults strike. Mounted at /_control. */
export function controlRoutes({ journal, faults }: StandIn, token: string): Hono<Env> {
  const routes = new Hono<Env>();
  routes.use(async (context, next) => {
    if (context.req.header("authorization") === `Bearer ${token}`) return next();
    return errorReply(apiError(401, "The control token is missing or wrong."));
  });
  routes.get("/calls", (context) =>
    context.json({ calls: journal.calls(), totals: journal.totals() }),
  );
  routes.get("/failures", (context) => context.json({ failures: journal.failures() }));
  routes.get("/faults", (context) => context.json({ faults: faults.pending() }));
  routes.delete("/faults", (context) => {
    faults.clear();
    return context.json({ faults: [] });
  });
  routes.post("/faults", async (context) => {
    const body = await context.req.json().catch(() => null);
    const parsed = z.array(faultSchema).safeParse(Array.isArray(body) ? body : [body]);
    if (!parsed.success) return errorReply(apiError(400, describeIssue(parsed.error)));
    faults.add(parsed.data);
    return context.json({ faults: faults.pending() }, 201);
  });
  return routes;
}
