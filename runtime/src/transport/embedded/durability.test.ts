import { spawn, spawnSync } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../empty-commit.ts"
import { entriesText, textFrame, textsOf } from "../acceptance.ts"
import { Transport } from "../transport.ts"
import type { TransportError, TransportShape } from "../transport.ts"
import { flushedName, settleUnflushed } from "./flush/flushed-pages.ts"
import { inspectFolder } from "./inspection.ts"
import { embeddedTransport } from "./layer.ts"
import { openStore } from "./store.ts"
import { sealJson } from "./value.ts"

let folder = ""
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-durable-"))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

function withLog<A, E>(use: (transport: TransportShape) => Effect.Effect<A, E>): Promise<A> {
  return Effect.runPromise(
    Effect.gen(function* () {
      return yield* use(yield* Transport)
    }).pipe(Effect.provide(embeddedTransport({ folder })))
  )
}

function refusal(): Promise<TransportError> {
  return Effect.runPromise(
    Effect.gen(function* () {
      yield* Transport
      return yield* Effect.die(new Error("it was opened"))
    }).pipe(
      Effect.provide(embeddedTransport({ folder })),
      Effect.catch((error) => Effect.succeed(error))
    )
  )
}

const task = { pipeline: "p", node: "writer", partition: 0 }

function writeTexts(texts: readonly string[]): Promise<void> {
  return withLog((transport) =>
    Effect.gen(function* () {
      yield* transport.ensureTopic({ name: "numbers", partitions: 1, internal: false })
      const log = yield* transport.openTask(task)
      for (const text of texts)
        yield* log.commit({
          ...emptyCommit,
          outputs: [{ topic: "numbers", partition: 0, frame: textFrame([text]) }]
        })
    })
  )
}

/** A process that commits for ever. Answers when it has acknowledged `acks` commits, with the last number of each task. */
function startWriter(
  acks: number,
  durability: "fsync" | "async" = "fsync",
  isPlaced = false
): Promise<{ readonly child: ChildProcess; readonly acked: Map<number, number> }> {
  const child = spawn(
    process.execPath,
    [
      "--no-node-snapshot",
      join(import.meta.dirname, "testing/writer-child.ts"),
      folder,
      durability,
      ...(isPlaced ? ["placed"] : [])
    ],
    { stdio: ["ignore", "pipe", "inherit"] }
  )
  children.push(child)
  const acked = new Map<number, number>()
  let seen = 0
  let rest = ""
  return new Promise((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) {
        const [partition, n] = line.split(" ").map(Number)
        if (partition !== undefined && n !== undefined) acked.set(partition, n)
      }
      seen += lines.length
      if (seen >= acks) resolve({ child, acked })
    })
  })
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on("close", () => resolve())
    child.kill("SIGKILL")
  })
}

describe("the embedded transport's durability", () => {
  const killsOf = (durability: "fsync" | "async") => async () => {
    // Until all tasks have folded: when they come to it is the machine's affair.
    for (let [round, folds] = [0, 0]; round < 3 || (round < 20 && folds < 4); round++) {
      // Every other run leaves its frames in files.
      const { child, acked } = await startWriter(20 + ((round * 53) % 160), durability, round % 2 === 0)
      await killed(child)
      await withLog((transport) =>
        Effect.forEach([0, 1, 2, 3], (partition) =>
          Effect.gen(function* () {
            const log = yield* transport.openTask({ ...task, partition }, { node: "writer" })
            const sequence = (yield* log.checkpoint)?.sequence ?? 0
            assert.isAtLeast(sequence, acked.get(partition) ?? 0)
            const texts = textsOf(yield* transport.read("numbers", partition, 0n, 1e9))
            assert.deepStrictEqual(
              texts,
              Array.from({ length: sequence }, (_, n) => String(n + 1))
            )
            assert.strictEqual((yield* log.checkpoint)?.offsets[0]?.next, BigInt(sequence))
            const key = new Uint8Array(Buffer.from("n"))
            const state = entriesText(yield* log.readState([key], [{ index: 0, kind: "value" }]))
            assert.deepStrictEqual(state, [`put 0 n - ${sequence}@0`])
          })
        )
      )
      const store = openStore(folder, { readOnly: true })
      folds = store.read(() => [...store.folded.keys({})].length)
      await store.close()
      if (round === 19) assert.strictEqual(folds, 4)
    }
  }
  const kept = "keeps every acknowledged commit, whole, through kill -9 in the middle of commits and folds"
  it(kept, killsOf("fsync"), 300_000)
  it(`${kept}, where it flushes later`, killsOf("async"), 300_000)

  it("goes back to the last flush in a copy of a folder that was left unflushed, and only there", async () => {
    const { child } = await startWriter(40, "async")
    await killed(child)
    assert.isTrue(existsSync(join(folder, flushedName)))
    const copy = mkdtempSync(join(tmpdir(), "millrace-copied-"))
    try {
      for (const name of ["data.mdb", "FORMAT", flushedName])
        copyFileSync(join(folder, name), join(copy, name))
      assert.strictEqual(settleUnflushed(copy).is, "went back")
      assert.strictEqual(settleUnflushed(folder).is, "flushed")
      assert.strictEqual(settleUnflushed(folder).is, "nothing")
      for (const each of [copy, folder]) {
        assert.isFalse((await Effect.runPromise(inspectFolder(each, false))).isNew)
      }
    } finally {
      rmSync(copy, { recursive: true })
    }
  })

  it("has nothing left to flush once it was closed", async () => {
    const layer = embeddedTransport({ folder, durability: "async" })
    await Effect.runPromise(
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic({ name: "numbers", partitions: 1, internal: false })
        assert.isTrue(existsSync(join(folder, flushedName)))
        yield* transport.flushed
      }).pipe(Effect.provide(layer))
    )
    assert.strictEqual(settleUnflushed(folder).is, "nothing")
    const names = await withLog((transport) => transport.topics)
    assert.strictEqual(names.length, 1)
  })

  it("refuses a second process on the same folder, and is free again after kill -9", async () => {
    const { child } = await startWriter(1)
    const error = await refusal()
    assert.strictEqual(error.reason, "locked")
    assert.include(error.message, String(child.pid))
    await killed(child)
    const names = await withLog((transport) => transport.topics)
    assert.deepStrictEqual(
      names.map(({ name }) => name),
      ["numbers"]
    )
  })

  it("refuses a second opening in the same process", async () => {
    const reason = await withLog(() => Effect.promise(() => refusal()))
    assert.strictEqual(reason.reason, "locked")
  })

  it("refuses a truncated data file with the remedy, unharmed itself", async () => {
    // Frames that lie in the data file itself: of larger ones it has the places alone, and may have those in one half.
    await writeTexts(Array.from({ length: 200 }, (_, n) => `${n} ${"x".repeat(8_000)}`))
    const data = join(folder, "data.mdb")
    truncateSync(data, Math.floor(statSync(data).size / 2 / 4096) * 4096)
    const error = await refusal()
    assert.strictEqual(error.reason, "corrupt")
    assert.include(error.message, "Restore the folder")
  })

  it("refuses an emptied or missing data file instead of beginning anew", async () => {
    await writeTexts(["a"])
    truncateSync(join(folder, "data.mdb"), 0)
    assert.strictEqual((await refusal()).reason, "corrupt")
    rmSync(join(folder, "data.mdb"))
    assert.strictEqual((await refusal()).reason, "corrupt")
  })

  it("refuses a file that is no log of ours", async () => {
    await writeTexts(["a"])
    writeFileSync(join(folder, "data.mdb"), Buffer.alloc(65_536, "no database "))
    assert.strictEqual((await refusal()).reason, "corrupt")
  })

  it("refuses a log of another format version", async () => {
    await writeTexts(["a"])
    const store = openStore(folder, { readOnly: false })
    store.write(() => store.meta.put(Buffer.from("format"), sealJson({ format: 4 })))
    await store.close()
    const error = await refusal()
    assert.strictEqual(error.reason, "formatVersion")
    assert.include(error.message, "format 4")
  })

  it.each([1, 2])("takes over a log of format %s, and no older program takes it back", async (before) => {
    await writeTexts(["a"])
    const format = (given?: number) => {
      const store = openStore(folder, { readOnly: false })
      const key = Buffer.from("format")
      if (given !== undefined) store.write(() => store.meta.put(key, sealJson({ format: given })))
      const row = store.read(() => store.meta.get(key))?.toString("utf8", 4)
      return store.close().then(() => row)
    }
    await format(before)
    await writeTexts(["b"])
    assert.strictEqual(await format(), JSON.stringify({ format: 3 }))
    const texts = await withLog((transport) => Effect.map(transport.read("numbers", 0, 0n, 1e6), textsOf))
    assert.deepStrictEqual(texts, ["a", "b"])
  })

  it("never serves a flipped bit: the read fails, other batches are served", async () => {
    await writeTexts(["first".repeat(2_000), "second".repeat(2_000)])
    const data = join(folder, "data.mdb")
    const bytes = readFileSync(data)
    const at = bytes.indexOf("firstfirst") + 3_000
    bytes[at] = (bytes[at] ?? 0) ^ 4
    writeFileSync(data, bytes)
    const [refused, served] = await withLog((transport) =>
      Effect.all([
        Effect.flip(transport.read("numbers", 0, 0n, 1)),
        Effect.map(transport.read("numbers", 0, 1n, 1), textsOf)
      ])
    )
    assert.strictEqual(refused.reason, "corrupt")
    assert.include(refused.message, "offset 0")
    assert.deepStrictEqual(served, ["second".repeat(2_000)])
  })

  it("finds any single flipped byte or serves what was written", async () => {
    const texts = Array.from({ length: 6 }, (_, n) => `${n}`.repeat(700))
    await writeTexts(texts)
    const data = join(folder, "data.mdb")
    const whole = readFileSync(data)
    const outcomes = { served: 0, refused: 0 }
    // Anywhere in the file, and in what was written: pages that are free hold nothing, and remnants may stand in them.
    const anywhere = [0, 1, 2].map((part) => 8_192 + Math.floor(((whole.length - 8_192) * part) / 3) + 20)
    const written = texts.flatMap((text) => [whole.indexOf(text) + 20, whole.lastIndexOf(text) + 30])
    const places = [...new Set([...anywhere, ...written.slice(0, 4)])]
    for (const [step, at] of places.entries()) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (step % 8))
      writeFileSync(data, bytes)
      const read = Effect.runPromise(
        Effect.gen(function* () {
          const transport = yield* Transport
          return textsOf(yield* transport.read("numbers", 0, 0n, 1e6))
        }).pipe(
          Effect.provide(embeddedTransport({ folder })),
          Effect.catch(() => Effect.succeed(undefined))
        )
      )
      const found = await read
      if (found === undefined) outcomes.refused += 1
      else {
        outcomes.served += 1
        assert.deepStrictEqual(found, texts)
      }
    }
    assert.strictEqual(outcomes.served + outcomes.refused, places.length)
    assert.isAbove(outcomes.refused, 0)
  }, 60_000)
})

const small = join(tmpdir(), `millrace-small-${process.pid}`)
const canMount = ((): boolean => {
  mkdirSync(small, { recursive: true })
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", small]).status === 0
  if (mounted) spawnSync("umount", [small])
  rmSync(small, { recursive: true })
  return mounted
})()

describe("the embedded transport on a full disk", () => {
  // Needs a file system of its own; where none can be mounted, the full-disk proof of test/prove covers it.
  it.runIf(canMount)("says so, keeps what was acknowledged, and goes on when there is space", async () => {
    mkdirSync(small)
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", small])
    try {
      const ballast = join(small, "ballast")
      writeFileSync(ballast, Buffer.alloc(3 * 1024 * 1024))
      const layer = embeddedTransport({ folder: join(small, "log") })
      await Effect.runPromise(
        Effect.gen(function* () {
          const transport = yield* Transport
          yield* transport.ensureTopic({ name: "numbers", partitions: 1, internal: false })
          const log = yield* transport.openTask(task)
          const commit = (n: number) =>
            log.commit({
              ...emptyCommit,
              outputs: [{ topic: "numbers", partition: 0, frame: textFrame([`${n} ${"x".repeat(100_000)}`]) }]
            })
          let n = 0
          let failure: TransportError | undefined
          while (failure === undefined && n < 100)
            failure = yield* Effect.match(commit(n), {
              onSuccess: () => void (n += 1),
              onFailure: (error) => error
            })
          assert.strictEqual(failure?.reason, "diskFull")
          assert.isAbove(n, 0)
          assert.strictEqual((yield* Effect.flip(commit(n))).reason, "diskFull")
          rmSync(ballast)
          yield* commit(n)
          const texts = textsOf(yield* transport.read("numbers", 0, 0n, 1e9))
          assert.deepStrictEqual(
            texts.map((text) => Number(text.split(" ")[0])),
            [...Array(n + 1).keys()]
          )
        }).pipe(Effect.provide(layer))
      )
    } finally {
      spawnSync("umount", [small])
      rmSync(small, { recursive: true, force: true })
    }
  })
})
