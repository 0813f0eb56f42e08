import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import fc from "fast-check"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../../empty-commit.ts"
import { textFrame, textsOf } from "../../acceptance.ts"
import { Transport, type TaskLog, type TransportShape } from "../../transport.ts"
import { embeddedTransport } from "../layer.ts"
import { logBytes } from "../log-bytes.ts"
import { filesToClean } from "./frame-cleaner.ts"
import { FrameFiles } from "./frame-files.ts"
import type { FrameSettings } from "./frame-settings.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-frames-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withLog = <A, E>(
  use: (transport: TransportShape) => Effect.Effect<A, E>,
  frames: FrameSettings = {},
  place = folder
): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      return yield* use(yield* Transport)
    }).pipe(Effect.provide(embeddedTransport({ folder: place, frames })))
  )

const recordBytes = 20_000
const textOf = (n: number): string => `${n} `.padEnd(recordBytes, "x")
const numbersIn = (transport: TransportShape, topic: string, from = 0n) =>
  Effect.map(transport.read(topic, 0, from, 1e9), (batches) =>
    textsOf(batches).map((text) => Number.parseInt(text, 10))
  )
const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

const append = (log: TaskLog, topic: string, list: readonly number[]) =>
  Effect.forEach(
    list,
    (n) => log.commit({ ...emptyCommit, outputs: [{ topic, partition: 0, frame: textFrame([textOf(n)]) }] }),
    { discard: true }
  )

const topicOf = (transport: TransportShape, name: string, retainBytes?: number) =>
  Effect.gen(function* () {
    yield* transport.ensureTopic({
      name,
      partitions: 1,
      internal: false,
      ...(retainBytes === undefined ? {} : { retainBytes })
    })
    return yield* transport.openTask({ pipeline: "p", node: name, partition: 0 })
  })

const dataBytes = (): number => statSync(join(folder, "data.mdb")).size
const frameBytes = (): number => (logBytes(folder) ?? 0) - dataBytes()

/** Until the files are as wanted: they go once `data.mdb` is flushed without what led to them, which a write brings about. */
const untilBytes = (transport: TransportShape, most: number) =>
  Effect.gen(function* () {
    while (frameBytes() > most) {
      yield* transport.putSchema(
        `{"type":"fixed","name":"F${crypto.randomUUID().replaceAll("-", "")}","size":1}`
      )
      yield* Effect.sleep("20 millis")
    }
  })

describe("large frames of the embedded log", () => {
  it("lie in files of their own, written once, and are read through a restart", async () => {
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* append(yield* topicOf(transport, "large"), "large", numbers(0, 50))
        assert.deepStrictEqual(yield* numbersIn(transport, "large"), numbers(0, 50))
      })
    )
    assert.isAtLeast(frameBytes(), 50 * recordBytes)
    assert.notInclude(readFileSync(join(folder, "data.mdb")).toString("latin1"), "x".repeat(100))
    assert.deepStrictEqual(await withLog((transport) => numbersIn(transport, "large", 20n)), numbers(20, 50))
  })

  it("are found by a transport that would not have put them there", async () => {
    const small = (transport: TransportShape) => topicOf(transport, "t")
    await withLog((transport) => Effect.flatMap(small(transport), (log) => append(log, "t", [0, 1])), {
      leastBytes: 1e9
    })
    await withLog((transport) => Effect.flatMap(small(transport), (log) => append(log, "t", [2, 3])))
    assert.deepStrictEqual(
      await withLog((transport) => numbersIn(transport, "t"), { leastBytes: 1e9 }),
      [0, 1, 2, 3]
    )
  })

  it("give their space back with the topic's bound, and with the topic", async () => {
    await withLog(
      (transport) =>
        Effect.gen(function* () {
          const log = yield* topicOf(transport, "bound", 10 * recordBytes)
          yield* append(log, "bound", numbers(0, 100))
          yield* untilBytes(transport, 30 * recordBytes)
          const first = Number(yield* transport.start("bound", 0))
          assert.deepStrictEqual(yield* numbersIn(transport, "bound", BigInt(first)), numbers(first, 100))
          yield* transport.deleteTopic("bound")
          // The file that is written stays.
          yield* untilBytes(transport, 12 * recordBytes)
        }),
      { fileBytes: 5 * recordBytes }
    )
  })

  it("that are kept are moved together, where most of what lay beside them is gone", async () => {
    const settings = { fileBytes: 20 * recordBytes, leastGarbageBytes: recordBytes }
    await withLog(
      (transport) =>
        Effect.gen(function* () {
          const kept = yield* topicOf(transport, "kept")
          const bound = yield* topicOf(transport, "bound", 5 * recordBytes)
          for (let n = 0; n < 12; n++) {
            yield* append(bound, "bound", numbers(0, 19))
            yield* append(kept, "kept", [n])
          }
          yield* append(bound, "bound", numbers(0, 5))
          yield* untilBytes(transport, 70 * recordBytes)
          assert.deepStrictEqual(yield* numbersIn(transport, "kept"), numbers(0, 12))
        }),
      settings
    )
    assert.deepStrictEqual(await withLog((transport) => numbersIn(transport, "kept")), numbers(0, 12))
  })

  it("come with a snapshot, which is a log of its own", async () => {
    const target = mkdtempSync(join(tmpdir(), "millrace-frames-copy-"))
    try {
      await withLog(
        (transport) =>
          Effect.gen(function* () {
            const log = yield* topicOf(transport, "t", 30 * recordBytes)
            yield* append(log, "t", numbers(0, 30))
            const going = yield* Effect.forkChild(append(log, "t", numbers(30, 200)))
            yield* transport.snapshot(target)
            yield* Fiber.join(going)
          }),
        { fileBytes: 5 * recordBytes }
      )
      const found = await withLog(
        (transport) => Effect.flatMap(transport.start("t", 0), (first) => numbersIn(transport, "t", first)),
        {},
        target
      )
      assert.isAtLeast(found.length, 30)
      assert.deepStrictEqual(found, numbers(found[0] ?? -1, (found[0] ?? -1) + found.length))
    } finally {
      rmSync(target, { recursive: true, force: true })
    }
  })

  it("that are damaged are refused when they are read, and no others", async () => {
    await withLog((transport) =>
      Effect.flatMap(topicOf(transport, "t"), (log) => append(log, "t", numbers(0, 3)))
    )
    const path = join(folder, FrameFiles.nameOf(1))
    const bytes = readFileSync(path)
    const at = bytes.indexOf("1 xxx") + 9_000
    bytes[at] = (bytes[at] ?? 0) ^ 4
    writeFileSync(path, bytes)
    const [refused, served] = await withLog((transport) =>
      Effect.all([Effect.flip(transport.read("t", 0, 1n, 1)), numbersIn(transport, "t", 2n)])
    )
    assert.strictEqual(refused.reason, "corrupt")
    assert.include(refused.message, "offset 1")
    assert.deepStrictEqual(served, [2])
  })

  it.each([
    { is: "missing", damage: (path: string) => rmSync(path) },
    { is: "truncated", damage: (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 30_000)) }
  ])("are not served where a file is $is", async ({ damage, is }) => {
    await withLog((transport) =>
      Effect.flatMap(topicOf(transport, "t"), (log) => append(log, "t", numbers(0, 3)))
    )
    damage(join(folder, FrameFiles.nameOf(1)))
    const error = await withLog(() => Effect.void).then(
      () => assert.fail("it was opened"),
      (cause: unknown) => String(cause)
    )
    assert.include(error, `FRAMES-0000000001 is ${is}`)
    assert.include(error, "Restore the folder")
  })
})

describe("the files whose frames are moved together", () => {
  const plan = (files: readonly (readonly [bytes: number, wanted: number])[], least: number) =>
    filesToClean(
      { sizes: new Map(files.map(([bytes], file) => [file, bytes])), writing: files.length - 1 },
      new Map(files.map(([, wanted], file) => [file, wanted])),
      least
    )

  it("are those that hold the least", () => {
    const files = [
      [100, 90],
      [100, 10],
      [100, 0],
      [100, 20],
      [100, 100]
    ] as const
    assert.deepStrictEqual(plan(files, 0), [1])
    assert.deepStrictEqual(plan(files, 100), [])
  })

  it("leave at least two thirds wanted of what is full, or nothing more that could go", () => {
    const file = fc.integer({ min: 0, max: 100 }).map((wanted) => [100, wanted] as const)
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 40 }), (files) => {
        const cleaned = new Set(plan(files, 0))
        const wanted = files.reduce((sum, one) => sum + one[1], 0)
        const garbage = files.reduce((sum, one) => sum + 100 - one[1], 0)
        if (garbage <= wanted) return assert.strictEqual(cleaned.size, 0)
        const left = files
          .slice(0, -1)
          .reduce((sum, [bytes, own], at) => sum + (cleaned.has(at) || own === 0 ? 0 : bytes - own), 0)
        assert.isFalse(cleaned.has(files.length - 1))
        assert.isAtMost(left, wanted / 2)
      })
    )
  })
})
