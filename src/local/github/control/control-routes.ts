// The control interface under /_control: what an operator of the stand-in may do and GitHub's users may not.

import { Hono } from "hono";
import { z } from "zod";
import { faultSchema } from "../server/faults.ts";
import type { Gate } from "../server/rest.ts";
import { rulesetRow } from "../store/accounts.ts";
import type { World } from "../world.ts";
import { addAccountRoutes, repositoryOf } from "./account-routes.ts";
import { dumpState } from "./dump-state.ts";

const newRuleset = rulesetRow
  .pick({ name: true, pattern: true, rules: true })
  .extend({ bypassLogins: z.array(z.string()).default([]) });
const limitChange = z.strictObject({
  primaryPerHour: z.int().positive().optional(),
  contentPerMinute: z.int().positive().nullable().optional(),
  contentPerHour: z.int().positive().nullable().optional(),
});

/** What only control may do to the server around the world. */
export type ControlPowers = {
  readonly gate: Gate;
  /** Moves the clock of limits, tokens and timestamps on. */
  readonly advanceClock: (byMs: number) => void;
};

/** Builds the control application; the caller has already checked the control token. */
export function controlApp(world: World, powers: ControlPowers): Hono {
  const app = new Hono().basePath("/_control");
  addAccountRoutes(app, world);
  addRules(app, world);
  addSwitches(app, world, powers);
  return app;
}

function addRules(app: Hono, world: World): void {
  app.post("/repositories/:owner/:name/rulesets", async (c) => {
    const wanted = newRuleset.parse(await c.req.json());
    const { owner, name } = c.req.param();
    const repositoryId = repositoryOf(world, `${owner}/${name}`).id;
    const row = world.transaction(() =>
      world.tables.rulesets.insert({ ...wanted, repositoryId, createdAt: world.now() }),
    );
    return c.json(row);
  });
  app.delete("/rulesets/:id", (c) => {
    world.transaction(() => world.tables.rulesets.remove(Number(c.req.param("id"))));
    return c.json({});
  });
}

function addSwitches(app: Hono, world: World, powers: ControlPowers): void {
  const { gate } = powers;
  app.get("/faults", (c) => c.json(gate.faults.list()));
  app.post("/faults", async (c) => {
    gate.faults.add(faultSchema.parse(await c.req.json()));
    return c.json(gate.faults.list());
  });
  app.delete("/faults", (c) => {
    gate.faults.clear();
    return c.json([]);
  });
  app.get("/requests", (c) => c.json(gate.counters.summary()));
  app.delete("/requests", (c) => {
    gate.counters.reset();
    return c.json({});
  });
  app.put("/limits", async (c) => {
    const { primaryPerHour, contentPerMinute, contentPerHour } = limitChange.parse(
      await c.req.json(),
    );
    gate.limits.change({
      ...(primaryPerHour === undefined ? {} : { primaryPerHour }),
      ...(contentPerMinute === undefined ? {} : { contentPerMinute }),
      ...(contentPerHour === undefined ? {} : { contentPerHour }),
    });
    return c.json(gate.limits.settings);
  });
  app.post("/clock", async (c) => {
    const { advanceMs } = z
      .strictObject({ advanceMs: z.int().positive() })
      .parse(await c.req.json());
    powers.advanceClock(advanceMs);
    return c.json({ now: new Date(world.now()).toISOString() });
  });
  app.get("/deliveries", (c) => {
    const waiting = world.tables.deliveries.count({ state: "waiting" });
    return c.json({ waiting, done: world.tables.deliveries.count({ state: "done" }) });
  });
  app.get("/state", async (c) => c.json(await dumpState(world)));
}
