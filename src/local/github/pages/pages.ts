import { Hono } from "hono";
import type { Gate } from "../server/rest.ts";
import type { World } from "../world.ts";

/** The plain HTML view. */
export function pagesApp(_world: World, _gate: Gate): Hono {
  return new Hono();
}
