import { programFlags } from "../../src/lib/program-flags.ts";

const usage = `Usage: npm run test:crash -- [options]

Kills processes with SIGKILL and holds what others make of what they left: at every crash point of
every kind of effect, and the whole process group of the demo at ten moments of its way.

  --only NAME    only the effect of this kind ("say", "startLife", "landing" …)
  --moment N     only the demo's N-th moment (1 to 10)
  --effects      only the effects
  --moments      only the demo
  --keep         keeps the data folder of a demo that fell short
  --help         this text`;

const values = programFlags({
  usage,
  options: {
    only: { type: "string" },
    moment: { type: "string" },
    effects: { type: "boolean" },
    moments: { type: "boolean" },
    keep: { type: "boolean" },
    // The processes that are killed: this program, started with a file that says at what.
    child: { type: "string" },
  },
});

if (values.child !== undefined) await (await import("./child.ts")).runChild(values.child);
else process.exitCode = await (await import("./crash-suite.ts")).runCrashSuite(values);
