import { defineConfig } from "vitest/config"
import { longSuites } from "./test/long-suites.ts"

// `npm run prove -- suites` sets it.
const isLong = process.env["MILLRACE_LONG"] === "1"

const withoutLong = ["**/node_modules/**", "**/dist/**", ...longSuites]

const project = (name: string, include: readonly string[], isolate: boolean) => ({
  extends: true as const,
  test: { name, include: [...include], exclude: isLong ? [] : withoutLong, isolate }
})

export default defineConfig({
  test: {
    projects: isLong
      ? [project("long", longSuites, true)]
      : [
          project("platform", ["test/**/*.test.ts"], true),
          // They keep nothing in the process that a neighbour could see: one process runs many, and loads Effect once.
          project("parts", ["{runtime,sdk,registry,plugins}/**/*.test.ts"], false)
        ],
    // isolated-vm needs real processes (its threads crash under worker_threads) and no start-up snapshot.
    pool: "forks",
    // More than two cores: the suites wait for processes as much as they compute.
    maxWorkers: 3,
    execArgv: ["--no-node-snapshot"],
    setupFiles: ["test/setup.ts"],
    globalSetup: ["test/kafka/global-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
