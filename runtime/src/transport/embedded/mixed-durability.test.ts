import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../empty-commit.ts"
import { textFrame, textsOf } from "../acceptance.ts"
import { type Durability, Transport } from "../transport.ts"
import type { TransportShape } from "../transport.ts"
import { journalNames } from "./journal/journal.ts"
import { embeddedTransport } from "./layer.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-mixed-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withLog = <A, E>(
  durability: Durability,
  use: (transport: TransportShape) => Effect.Effect<A, E>
): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      return yield* use(yield* Transport)
    }).pipe(Effect.provide(embeddedTransport({ folder, durability })))
  )

const topic = "numbers"

/** Two tasks of two pipelines that append to one partition. */
const openBoth = (transport: TransportShape) =>
  Effect.gen(function* () {
    yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
    const open = (pipeline: string) => transport.openTask({ pipeline, node: "writer", partition: 0 })
    return [yield* open("first"), yield* open("second")] as const
  })

const commitOf = (text: string, durability?: Durability) => ({
  ...emptyCommit,
  ...(durability === undefined ? {} : { durability }),
  outputs: [{ topic, partition: 0, frame: textFrame([text]) }]
})

const journalTexts = (): string =>
  journalNames.map((name) => readFileSync(join(folder, name), "latin1")).join("")

describe("commits of both durabilities", () => {
  for (const own of ["fsync", "async"] as const)
    it(`do not wait for each other's disk, on a log of ${own}, and are seen in order`, () =>
      withLog(own, (transport) =>
        Effect.gen(function* () {
          const [first, second] = yield* openBoth(transport)
          const order: string[] = []
          const note = (name: string) =>
            Effect.map(transport.end(topic, 0), (end) => void order.push(`${name}, end ${end}`))
          yield* Effect.all(
            [
              Effect.andThen(first.commit(commitOf("slow", "fsync")), note("fsync")),
              Effect.andThen(second.commit(commitOf("quick", "async")), note("async"))
            ],
            { concurrency: "unbounded" }
          )
          // What is acknowledged behind something that is not is not shown before it.
          assert.deepStrictEqual(order, ["async, end 0", "fsync, end 2"])
          assert.deepStrictEqual(textsOf(yield* transport.read(topic, 0, 0n, 1e6)), ["slow", "quick"])
        })
      ))

  it("show at once what follows nothing that waits", () =>
    withLog("fsync", (transport) =>
      Effect.gen(function* () {
        const [first, second] = yield* openBoth(transport)
        const ends: bigint[] = []
        const noteEnd = Effect.map(transport.end(topic, 0), (end) => void ends.push(end))
        yield* Effect.all(
          [
            Effect.andThen(second.commit(commitOf("quick", "async")), noteEnd),
            Effect.andThen(first.commit(commitOf("slow")), noteEnd)
          ],
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(ends, [1n, 2n])
      })
    ))

  it("are in the journal before long, those that nobody waits for too", () =>
    withLog("fsync", (transport) =>
      Effect.gen(function* () {
        const [, second] = yield* openBoth(transport)
        yield* second.commit(commitOf("nobody waits for me", "async"))
        yield* Effect.promise(async () => {
          while (!journalTexts().includes("nobody waits for me")) await turn()
        })
      })
    ))
})
