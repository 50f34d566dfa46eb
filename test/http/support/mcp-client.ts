import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { onTestFinished } from "vitest";
import { headersOf, type Life, type Web } from "./web.ts";

type Call = (name: string, input?: Record<string, unknown>, callId?: string) => Promise<Answer>;
type Answer = { readonly isError: boolean; readonly content: unknown };

/** The tools as an agent's MCP client calls them. */
export async function toolsOf(web: Web, life: Life): Promise<{ client: Client; call: Call }> {
  const client = new Client({ name: "test", version: "0.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(`${web.url}/mcp`), {
    requestInit: { headers: headersOf(life) },
  });
  // The SDK's types disagree about `undefined` under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  onTestFinished(() => client.close());
  const call: Call = async (name, input = {}, callId) => {
    const _meta = callId === undefined ? {} : { "factory/callId": callId };
    const result = await client.callTool({ name, arguments: input, _meta });
    // Every reply of the server is one text.
    const [block] = result.content as readonly { readonly text: string }[];
    return { isError: result.isError === true, content: JSON.parse(block?.text ?? "null") };
  };
  return { client, call };
}
