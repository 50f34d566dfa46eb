// Pages ask the same handlers as everybody else, as the person who looks at them.

import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { z } from "zod";
import { Counters } from "../server/counters.ts";
import { Faults } from "../server/faults.ts";
import { EASY_LIMITS, Limits } from "../server/limits.ts";
import { answerRest, type Gate } from "../server/rest.ts";
import type { UserRow } from "../store/accounts.ts";
import type { World } from "../world.ts";

/** The cookie that says whose eyes the pages are seen with. */
export const PERSON_COOKIE = "local-github-person";

/** A refusal of the API, shown as a page. */
export class PageError extends Error {
  override readonly name = "PageError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the API as the person of a page. */
export type Ask = <T>(
  schema: z.ZodType<T>,
  method: string,
  path: string,
  body?: object,
) => Promise<T>;

/** A gate of the pages' own: what people look at counts against nobody's limits, and is in no recording. */
export function gateOfPages(world: World, gate: Gate): Gate {
  return {
    limits: new Limits({ ...EASY_LIMITS, primaryPerHour: Number.MAX_SAFE_INTEGER }, world.now),
    counters: new Counters(),
    faults: new Faults(),
    record: () => {},
    match: gate.match,
  };
}

/** The person chosen on the pages: by cookie, else the first there is; null when there are none. */
export function personOf(world: World, c: Context): UserRow | null {
  const login = getCookie(c, PERSON_COOKIE)?.toLowerCase();
  const people = peopleOf(world);
  return people.find((person) => person.key === login) ?? people[0] ?? null;
}

/** True for a form sent by a page of another server: whoever looks at that page did not mean it. */
export function isForeign(world: World, c: Context): boolean {
  const origin = c.req.header("origin");
  return origin !== undefined && origin !== world.origin;
}

/** Everybody who can be chosen. */
export function peopleOf(world: World): readonly UserRow[] {
  return world.tables.users.find({ type: "User" });
}

/** Makes the asking function of one page. */
export function askAs(world: World, gate: Gate, person: UserRow | null): Ask {
  return async (schema, method, path, body) => {
    const { pathname, search } = new URL(path, "http://pages.invalid");
    const answer = await answerRest(world, gate, {
      method,
      path: pathname,
      search,
      authorization: person?.token ? `token ${person.token}` : undefined,
      accept: "application/json",
      ifNoneMatch: undefined,
      bodyText: body === undefined ? "" : JSON.stringify(body),
    });
    if (answer === "dropped") throw new Error("pages have no faults");
    const json: unknown = answer.text === "" ? null : JSON.parse(answer.text);
    if (answer.status < 300) return schema.parse(json);
    const said = z.object({ message: z.string() }).safeParse(json);
    throw new PageError(answer.status, said.data?.message ?? "refused");
  };
}
