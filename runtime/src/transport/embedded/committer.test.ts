import { execFileSync } from "node:child_process"
import { closeSync, constants, mkdtempSync, open, openSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../empty-commit.ts"
import { textFrame, textsOf } from "../acceptance.ts"
import { Transport, type TaskLog } from "../transport.ts"
import { embeddedTransport } from "./layer.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-committer-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const topic = "texts"
const much = 100_000
const little = 1_000

/** Keeps every thread that Node writes and flushes files with, until it is called: whoever opens a pipe to read waits for a writer. */
const holdDisk = async (): Promise<() => Promise<void>> => {
  const pipe = join(folder, "pipe")
  execFileSync("mkfifo", [pipe])
  const threads = Array.from({ length: Number(process.env["UV_THREADPOOL_SIZE"] ?? 4) })
  const held = Promise.all(threads.map(() => promisify(open)(pipe, "r")))
  return async () => {
    const writer = openSync(pipe, constants.O_RDWR)
    for (const descriptor of await held) closeSync(descriptor)
    closeSync(writer)
  }
}

/** Three tasks that append texts of so many bytes, one after the other, while the disk answers none; what was written then, and after. */
const whileHeld = (sizes: readonly number[]) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
    const logs: TaskLog[] = []
    for (const [partition] of sizes.entries())
      logs.push(yield* transport.openTask({ pipeline: "p", node: "n", partition }))
    const texts = sizes.map((size, n) => `${n} `.padEnd(size, "x"))
    const release = yield* Effect.promise(holdDisk)
    const answered: number[] = []
    const fibers = yield* Effect.forEach(logs, (log, n) =>
      Effect.gen(function* () {
        const commit = {
          ...emptyCommit,
          outputs: [{ topic, partition: 0, frame: textFrame([texts[n] ?? ""]) }]
        }
        const fiber = yield* Effect.forkChild(
          Effect.map(log.commit(commit), () => answered.push(n)),
          { startImmediately: true }
        )
        for (let turns = 0; turns < 5; turns++) yield* Effect.promise(() => turn())
        return fiber
      })
    )
    // A checkpoint is that of the last commit that was written.
    const written = []
    for (const log of logs) written.push((yield* log.checkpoint)?.sequence)
    const shown = yield* transport.end(topic, 0)
    const early = answered.length
    yield* Effect.promise(release)
    yield* Fiber.joinAll(fibers)
    assert.deepStrictEqual(textsOf(yield* transport.read(topic, 0, 0n, 1e9)), texts)
    return { written, shown, early, answered }
  }).pipe(Effect.provide(embeddedTransport({ folder })))

describe("commits that come while the one before is flushed", () => {
  it("are written meanwhile where they are much, one group of them, and are shown and answered when they are durable", async () => {
    assert.deepStrictEqual(await Effect.runPromise(whileHeld([much, much, much])), {
      written: [1, 1, undefined],
      shown: 0n,
      early: 0,
      answered: [0, 1, 2]
    })
  })

  it("wait for company where they are little", async () => {
    const { written } = await Effect.runPromise(whileHeld([much, little, little]))
    assert.deepStrictEqual(written, [1, undefined, undefined])
  })

  it("are written once they have come to much together", async () => {
    const { written } = await Effect.runPromise(whileHeld([little, 40_000, 40_000]))
    assert.deepStrictEqual(written, [1, 1, 1])
  })
})
