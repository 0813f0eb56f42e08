/**
 * Suites that start so many programs that they would take `npm test` beyond its eight minutes. `npm run prove -- suites` runs
 * them, each whole; what is quick of their subject stays in `npm test` (create.test.ts, blocks.test.ts, join-cores.test.ts,
 * create-prompts.test.ts, console.test.ts, flights.test.ts, auctions-clock.test.ts, refusals.test.ts, durability.test.ts, the tests of plugins, registry and main/dev).
 */
export const longSuites: readonly string[] = [
  "sdk/src/testing/conformance/**/*.test.ts",
  "test/author/conformance.test.ts",
  "test/author/fixtures-run.test.ts",
  "test/author/plugins-conform.test.ts",
  "test/console/journeys.test.ts",
  "test/console/looks.test.ts",
  "test/dev/**/*.test.ts",
  "test/docs/guides/**/*.test.ts",
  "test/examples/auctions.test.ts",
  "test/hostile/guards.test.ts",
  "test/http/canary.test.ts",
  "test/http/delivery.test.ts",
  "test/input/data-folder.test.ts",
  "test/input/hanging.test.ts",
  "test/http/flaky/**/*.test.ts",
  "test/ingest/**/*.test.ts",
  "test/journey/**/*.test.ts",
  "test/ledger/seeded-faults.test.ts",
  "test/libraries/libraries.test.ts",
  "test/pack/**/*.test.ts",
  "test/platform/contracts.test.ts",
  "test/platform/missing-secrets.test.ts",
  "test/publish/**/*.test.ts",
  "test/scaffolds/templates.test.ts",
  "test/streams/event-time-kills.test.ts",
  "test/streams/everyday.test.ts",
  "test/state/**/*.test.ts",
  "test/streams/join-log.test.ts",
  "test/terminal/millrace-prompts.test.ts",
  "test/streams/windows.test.ts"
]
