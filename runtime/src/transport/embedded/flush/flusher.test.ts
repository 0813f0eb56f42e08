import fs, { cpSync, mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync } from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../../empty-commit.ts"
import { textFrame, textsOf } from "../../acceptance.ts"
import { Transport } from "../../transport.ts"
import { emptyFiles } from "../frames/empty-files.ts"
import { embeddedTransport } from "../layer.ts"
import { openStore, type Store } from "../store.ts"
import { sealValue } from "../value.ts"
import { Flusher } from "./flusher.ts"

/** Paths that were flushed, by who waits for it. The module's own functions are exchanged, for whoever has imported them. */
const synced = new Set<string>()
const own = { fsyncSync: fs.fsyncSync, fdatasyncSync: fs.fdatasyncSync }
const noting = (sync: (descriptor: number) => void) => (descriptor: number) => {
  synced.add(readlinkSync(`/proc/self/fd/${descriptor}`))
  sync(descriptor)
}
beforeAll(() => {
  fs.fsyncSync = noting(own.fsyncSync)
  fs.fdatasyncSync = noting(own.fdatasyncSync)
  syncBuiltinESMExports()
})
afterAll(() => {
  Object.assign(fs, own)
  syncBuiltinESMExports()
})

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-flusher-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** None that is open. */
const noDescriptor = 1_000_000

const put = (store: Store, name: string, bytes: number): void =>
  store.commit(() => store.log.put(Buffer.from(name), sealValue(Buffer.alloc(bytes, 1))))

describe("the end of a log that flushes in the background", () => {
  it("answers who waits, whatever was on its way", async () => {
    const store = openStore(folder, { readOnly: false })
    const flusher = new Flusher(folder, store, "async")
    const answers: unknown[] = []
    for (const name of ["a", "b", "c"]) {
      put(store, name, 10)
      flusher.whenDurable((failure) => answers.push(failure))
    }
    await Effect.runPromise(flusher.end)
    await store.close()
    assert.deepStrictEqual(answers, [undefined, undefined, undefined])
  })

  it("answers who is held to the pace of the disk", async () => {
    const store = openStore(folder, { readOnly: false })
    const flusher = new Flusher(folder, store, "async")
    for (let n = 0; n < 9; n++) put(store, String(n), 9 * 2 ** 20)
    const answers: unknown[] = []
    flusher.whenSpace((failure) => answers.push(failure))
    assert.lengthOf(answers, 0)
    await Effect.runPromise(flusher.end)
    await store.close()
    assert.deepStrictEqual(answers, [undefined])
  })
})

describe("frame files and their flushes", () => {
  it("acknowledge nothing more once the disk has refused what may be lost", async () => {
    const store = openStore(folder, { readOnly: false, frames: { fileBytes: 10_000 } })
    const flusher = new Flusher(folder, store, "async")
    for (let n = 0; n < 8; n++) put(store, String(n), 20_000)
    const { dirty } = store.frames
    const first = dirty.get(1)
    assert.isDefined(first)
    // As a system tells it: once.
    dirty.set(1, { descriptor: noDescriptor, isNew: false })
    assert.throws(() => put(store, "8", 20_000), /EBADF|ENOENT/)
    dirty.set(1, first)
    const answer = await new Promise((resolve) => {
      flusher.whenDurable(resolve)
    })
    assert.isDefined(answer)
    await Effect.runPromise(flusher.end)
    await store.close()
  })

  it("give back what transactions wrote that came to nothing", async () => {
    const store = openStore(folder, { readOnly: false, frames: { fileBytes: 10_000 } })
    for (let n = 0; n < 3; n++)
      assert.throws(() =>
        store.commit(() => {
          store.log.put(Buffer.from("a"), sealValue(Buffer.alloc(20_000)))
          throw new Error("no")
        })
      )
    put(store, "b", 20_000)
    store.frames.remove(emptyFiles(store))
    assert.strictEqual(store.frames.sizes.size, 1)
    await store.close()
  })

  it("are flushed before a replay in a copy of a folder says that all is", async () => {
    const open = (place: string) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const transport = yield* Transport
          yield* transport.ensureTopic({ name: "t", partitions: 1, internal: false })
          const log = yield* transport.openTask({ pipeline: "p", node: "n", partition: 0 })
          const frame = textFrame(["x".repeat(20_000)])
          yield* log.commit({ ...emptyCommit, outputs: [{ topic: "t", partition: 0, frame }] })
          // Left as a kill leaves it.
          const copy = join(folder, `${place} copied`)
          cpSync(join(folder, place), copy, { recursive: true })
          return textsOf(yield* transport.read("t", 0, 0n, 1e9)).length
        }).pipe(Effect.provide(embeddedTransport({ folder: join(folder, place) })))
      )
    assert.strictEqual(await open("log"), 1)
    synced.clear()
    const replayed = readdirSync(join(folder, "log copied")).filter((each) => each.startsWith("FRAMES"))
    assert.lengthOf(replayed, 1)
    assert.strictEqual(await open("log copied"), 2)
    for (const name of replayed)
      if (![...synced].some((path) => path.endsWith(`log copied/${name}`)))
        truncateSync(join(folder, "log copied", name), 0)
    assert.strictEqual(await open("log copied"), 3)
  })
})
