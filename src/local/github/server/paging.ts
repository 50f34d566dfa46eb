import type { Json } from "../json.ts";
import { apiUrl, type World } from "../world.ts";
import type { Call, Reply } from "./route.ts";

const DEFAULT_PAGE_SIZE = 30;
const LARGEST_PAGE_SIZE = 100;

/** Which slice of a list a request asks for: `page` from 1, at most 100 a page. */
export function pageOf(query: URLSearchParams): { readonly page: number; readonly size: number } {
  const page = Math.max(1, Math.trunc(Number(query.get("page") ?? 1)) || 1);
  const asked = Math.trunc(Number(query.get("per_page") ?? DEFAULT_PAGE_SIZE)) || DEFAULT_PAGE_SIZE;
  return { page, size: Math.min(LARGEST_PAGE_SIZE, Math.max(1, asked)) };
}

/** Answers one page of a list, with the `Link` header to the others. */
export async function paged<Item>(
  world: World,
  call: Call,
  items: readonly Item[],
  render: (item: Item) => Json | Promise<Json>,
): Promise<Reply> {
  const slice = sliceOf(call, items);
  return {
    status: 200,
    body: await Promise.all(slice.map(render)),
    headers: linkTo(world, call, items.length),
  };
}

/** The items of the asked page. */
export function sliceOf<Item>(call: Call, items: readonly Item[]): readonly Item[] {
  const { page, size } = pageOf(call.query);
  return items.slice((page - 1) * size, page * size);
}

/** The `Link` header of a list with this many items; empty when one page holds all. */
export function linkTo(world: World, call: Call, total: number): Record<string, string> {
  const { page, size } = pageOf(call.query);
  const last = Math.max(1, Math.ceil(total / size));
  const links: string[] = [];
  const add = (rel: string, target: number) => {
    const url = new URL(`${apiUrl(world)}${call.path}`);
    url.searchParams.set("page", String(target));
    links.push(`<${url.href}>; rel="${rel}"`);
  };
  if (page > 1) add("prev", page - 1);
  if (page < last) add("next", page + 1);
  if (page < last) add("last", last);
  if (page > 1) add("first", 1);
  return links.length === 0 ? {} : { link: links.join(", ") };
}
