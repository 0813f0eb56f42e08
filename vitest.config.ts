import { defineConfig } from "vitest/config"
import { longSuites } from "./test/long-suites.ts"

// `npm run prove -- suites` sets it.
const isLong = process.env["MILLRACE_LONG"] === "1"

export default defineConfig({
  test: {
    include: isLong ? [...longSuites] : ["{sdk,registry,runtime,plugins,test}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ...(isLong ? [] : longSuites)],
    // isolated-vm needs real processes (its threads crash under worker_threads) and no start-up snapshot.
    pool: "forks",
    // Both of two cores: the suites wait for processes more than they compute.
    maxWorkers: 2,
    execArgv: ["--no-node-snapshot"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
