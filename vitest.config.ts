import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["{sdk,registry,runtime,plugins,test}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
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
