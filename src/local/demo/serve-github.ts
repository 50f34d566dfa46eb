import { startLocalGitHub } from "../github/start.ts";

// The demo's local GitHub as a process of its own, empty: the demo sets the stage over its control.
const [port, dataDir] = process.argv.slice(2);
if (port === undefined || dataDir === undefined) throw new Error("usage: serve-github PORT DIR");
const gitHub = await startLocalGitHub({ port: Number(port), dataDir });
console.log(`local GitHub ready: ${gitHub.url}`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void gitHub.close().then(() => process.exit(0)));
