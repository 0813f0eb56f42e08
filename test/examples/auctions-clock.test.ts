import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { PipelineStatus, RecordPage } from "@millrace/sdk/api"
import { DuckDBInstance } from "@duckdb/node-api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { assert, describe, it } from "vitest"
import { Controller, type ControllerShape } from "../../runtime/src/controller/controller.ts"
import { startPlatform } from "../../runtime/src/main/platform.ts"
import { bundled, planRequest } from "../input/pipelines.ts"
import { root, temporaryFolder } from "../input/program.ts"
import { bidsOf } from "./fixtures/bids-by-clock.ts"

// q12 counts by the worker's clock. Here that is a test clock: a source gives its bids window by window of it, and the clock
// goes on to the next one when all have been counted. So DuckDB can say how many there are of a bidder in each.

const examples = join(root, "examples/auctions")
const fixture = "../../test/examples/fixtures/bids-by-clock.ts"
const counter = "./processors/count-by-clock.ts"
/** The clock at first, where a window begins. */
const begin = 1_700_000_000_000
/** As in the query's file. */
const windowMs = 10_000
const windows = 4
/** Events, bids and others. */
const perWindow = 1_000

const source = `
pipeline: made
owner: test
nodes:
  bids:
    source: "${fixture}#bids-by-clock"
    with: { begin: ${begin}, windowMs: ${windowMs}, windows: ${windows}, perWindow: ${perWindow} }
    stream: nexmark.bids
    partitions: 4
`

/** The query's file, its results in a stream: files would be written at times of their own. */
const query = (): string => {
  const text = readFileSync(join(examples, "q12.pipeline.yaml"), "utf8")
  return `${text.slice(0, text.indexOf("\n  out:"))}    stream: nexmark.bidder-counts\n`
}

const apply = Effect.fnUntraced(function* (controller: ControllerShape, text: string, path: string) {
  const modules = { [path]: yield* Effect.promise(() => bundled(join(examples, path))) }
  const request = { ...planRequest(text, modules), base: examples }
  const planned = yield* controller.plan(request)
  if (!("plan" in planned)) throw new Error(JSON.stringify(planned.problems))
  yield* controller.apply({ ...request, hash: planned.plan.hash, grant: true }, "test")
})

const get = (url: string): Effect.Effect<unknown> => Effect.promise(async () => (await fetch(url)).json())

const statusOf = (url: string) =>
  Effect.map(get(`${url}/api/status/q12`), Schema.decodeUnknownSync(PipelineStatus))

/** Lets the clock go on a little, for what waits for it, and looks again, until the query is as wanted. */
const until = Effect.fnUntraced(function* (url: string, isSo: (status: PipelineStatus) => boolean) {
  // Half of a window at most: it must not end meanwhile.
  for (let left = windowMs / 2 / tickMs; ; left--) {
    const status = yield* statusOf(url)
    if (status.state === "failed") throw new Error(JSON.stringify(status.tasks))
    if (isSo(status)) return
    if (left > 0) yield* TestClock.adjust(tickMs)
    yield* Effect.promise(() => delay(tickMs))
  }
})
const tickMs = 20

const counted = ({ nodes }: PipelineStatus): number =>
  nodes.find(({ node }) => node === "perBidder")?.totals.in ?? 0

const bids = Array.from({ length: windows }, (_, window) =>
  bidsOf(window, perWindow).map(({ bidder }) => ({ window, bidder }))
)

const runByTestClock = (data: string) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(begin)
    const { services, url } = yield* startPlatform({ folder: data, host: "127.0.0.1", port: 0 })
    const controller = Context.get(services, Controller)
    yield* apply(controller, source, fixture)
    yield* apply(controller, query(), counter)
    for (let window = 0; window < windows; window++) {
      yield* TestClock.setTime(begin + window * windowMs)
      const come = bids.slice(0, window + 1).flat().length
      yield* until(url, (status) => counted(status) >= come)
    }
    yield* until(url, ({ state }) => state === "completed")
    const page = yield* get(`${url}/api/topics/nexmark.bidder-counts/records?limit=10000`)
    return Schema.decodeUnknownSync(RecordPage)(page).records
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer), Effect.provide(TestClock.layer()))

const expectedOf = async (file: string): Promise<readonly string[]> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const result = await connection.runAndReadAll(`
    SELECT bidder, count(*), ${begin} + "window" * ${windowMs}, ${begin} + ("window" + 1) * ${windowMs}
    FROM read_ndjson('${file}', columns = { "window": 'BIGINT', bidder: 'BIGINT' })
    GROUP BY bidder, "window"`)
  connection.closeSync()
  return result
    .getRows()
    .map((row) => row.join(" "))
    .toSorted()
}

describe("q12 of the auctions example", () => {
  it("counts by the worker's clock, as DuckDB does by a test clock's times", async () => {
    const folder = temporaryFolder()
    try {
      const file = join(folder.path, "bids.ndjson")
      writeFileSync(
        file,
        bids
          .flat()
          .map((one) => `${JSON.stringify(one)}\n`)
          .join("")
      )
      const expected = await expectedOf(file)
      assert.isAbove(expected.length, 50)
      const records = await Effect.runPromise(runByTestClock(join(folder.path, "data")))
      const given = records
        .filter(({ control }) => control === undefined)
        .map(({ value }) => {
          const { bid_count, bidder, endtime, starttime } = { ...Object(value) }
          return [bidder, bid_count, starttime, endtime].join(" ")
        })
      assert.deepEqual(given.toSorted(), expected)
    } finally {
      folder.remove()
    }
  })
})
