import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

// So many cells at once, each starting Node.js with the packages an agent needs, until its first
// request: the least a start can cost. usage: bare-cells.ts COUNT NODE NODE_MODULES

const [count = "1", node = process.execPath, modules = "node_modules"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "floor-"));
const program = `
  const { request } = require("node:http");
  import("/p/node_modules/@anthropic-ai/sdk/index.mjs").then(() => import(
    "/p/node_modules/@modelcontextprotocol/sdk/dist/esm/client/index.js")).then(() =>
    request({ socketPath: "/s/socket", path: "/" }, () => process.exit()).end());`;
const argv = [
  ...["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"],
  ...["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"],
  ...["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
  ...["--ro-bind", node, "/p/node", "--ro-bind", modules, "/p/node_modules"],
  ...["--bind", folder, "/s", "--", "/p/node", "-e", program],
];
let asked = 0;
const startedMs = performance.now();
const server = createServer((_req, res) => {
  res.end();
  asked += 1;
  if (asked < Number(count)) return;
  console.log(JSON.stringify({ ms: performance.now() - startedMs }));
  rmSync(folder, { recursive: true });
  process.exit(0);
});
server.listen(join(folder, "socket"), () => {
  for (let cell = 0; cell < Number(count); cell += 1) spawn("bwrap", argv, { stdio: "inherit" });
});
