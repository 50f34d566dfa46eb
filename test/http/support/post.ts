import type { Life, Web } from "./web.ts";

export async function post(web: Web, life: Life, path: string, body: unknown): Promise<Response> {
  return await web.request(life, path, { method: "POST", body: JSON.stringify(body) });
}

export async function postJson(
  web: Web,
  life: Life,
  path: string,
  body: unknown,
): Promise<unknown> {
  return await (await post(web, life, path, body)).json();
}
