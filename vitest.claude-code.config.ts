import { defineConfig } from "vitest/config";

// Apart from the gate's: these need a program of 364 MB that nobody has to install.
export default defineConfig({
  test: {
    include: ["test/claude-code/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});
