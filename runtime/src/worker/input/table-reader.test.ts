import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../../transport/empty-commit.ts"
import { textFrame, textsOf } from "../../transport/acceptance.ts"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport } from "../../transport/transport.ts"
import { controlFrame } from "./frames.ts"
import { TableReader } from "./table-reader.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-table-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const feed = { node: "join", handle: "rates", topic: "rates", producers: ["p/rates"], bounded: true }
const writer = { pipeline: "p", node: "rates", partition: 0 }

function run<A, E>(program: Effect.Effect<A, E, Transport>): Promise<A> {
  return Effect.runPromise(Effect.provide(program, embeddedTransport({ folder })))
}

function textsIn(table: TableReader): readonly string[] {
  return textsOf(table.input.frames.map((frame) => ({ frame })))
}

describe("TableReader", () => {
  it("waits for the end of a bounded table in every partition", () =>
    run(
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic({ name: "rates", partitions: 2, internal: true })
        const log = yield* transport.openTask(writer)
        const write = (partition: number, frame: Uint8Array) =>
          log.commit({ ...emptyCommit, outputs: [{ topic: "rates", partition, frame }] })
        yield* write(0, textFrame(["a"]))
        const table = new TableReader(transport, feed, 2)
        const loading = yield* Effect.forkChild(table.load)
        yield* write(0, controlFrame("end", 0))
        yield* write(1, textFrame(["b"]))
        yield* Effect.yieldNow
        assert.isFalse(table.isLoaded)
        yield* write(1, controlFrame("end", 0))
        yield* Fiber.join(loading)
        assert.isTrue(table.isLoaded)
        assert.deepStrictEqual(textsIn(table).toSorted(), ["a", "b"])
        assert.strictEqual(table.positionJson, '["2","2"]')
      })
    ))

  it("does not take another producer's end for its own", () =>
    run(
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic({ name: "rates", partitions: 1, internal: true })
        const other = yield* transport.openTask({ ...writer, node: "other" })
        yield* other.commit({
          ...emptyCommit,
          outputs: [{ topic: "rates", partition: 0, frame: controlFrame("end", 0) }]
        })
        const table = new TableReader(transport, feed, 1)
        const loading = yield* Effect.forkChild(table.load)
        for (let i = 0; i < 20; i++) yield* Effect.yieldNow
        assert.isFalse(table.isLoaded)
        yield* Fiber.interrupt(loading)
      })
    ))

  it("reads an unbounded table to its present end, and follows it", () =>
    run(
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic({ name: "rates", partitions: 1, internal: true })
        const log = yield* transport.openTask(writer)
        const write = (text: string) =>
          log.commit({
            ...emptyCommit,
            outputs: [{ topic: "rates", partition: 0, frame: textFrame([text]) }]
          })
        yield* write("a")
        const table = new TableReader(transport, { ...feed, bounded: false }, 1)
        yield* table.load
        const first = table.input.frames
        yield* write("b")
        assert.deepStrictEqual(textsIn(table), ["a"])
        yield* table.follow
        assert.deepStrictEqual(textsIn(table), ["a", "b"])
        assert.strictEqual(first.length, 1)
      })
    ))
})
