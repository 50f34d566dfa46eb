import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

const ANSWER_LIMIT_MS = 2_000;

/**
 * Whether a Redis is up and has its data loaded.
 *
 * @param url a socket's path, or `redis://` or `rediss://` with what it takes to get in
 * @returns null when it answers, else the reason in words
 */
export async function whyNotPonging(url: string): Promise<string | null> {
  try {
    const { password, username } = url.startsWith("/") ? NOBODY : new URL(url);
    const login = [username || "default", password].map(decodeURIComponent);
    const answers = await ask(open(url), [...(password ? [["AUTH", ...login]] : []), ["PING"]]);
    return answers.includes("+PONG") ? null : answers.trim() || "it closed the connection";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const NOBODY = { username: "", password: "" } as const;

function open(url: string): Socket {
  if (url.startsWith("/")) return connect(url.split("?")[0] ?? url);
  const { protocol, hostname, port } = new URL(url);
  const address = { host: hostname, port: Number(port || 6379) };
  return protocol === "rediss:"
    ? connectTls({ ...address, servername: hostname })
    : connect(address);
}

function ask(connection: Socket, commands: readonly (readonly string[])[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answers = "";
    connection.setTimeout(ANSWER_LIMIT_MS, () =>
      connection.destroy(new Error(`no answer in ${ANSWER_LIMIT_MS} ms`)),
    );
    // QUIT makes the server close after the last answer, so that its end is plain.
    connection.write([...commands, ["QUIT"]].map(encode).join(""));
    connection.on("data", (chunk) => {
      answers += chunk.toString();
    });
    connection.on("end", () => resolve(answers));
    connection.on("error", reject);
  });
}

function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}
