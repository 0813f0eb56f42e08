import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import {
  BatchCursor,
  BatchWriter,
  encodeTimer,
  encodeUtf8,
  eventTimers,
  openBatch,
  processingTimers,
  StateEntryCursor,
  StateEntryWriter
} from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { emptyCommit } from "./empty-commit.ts"
import { Transport } from "./transport.ts"
import type { LogBatch, TaskLog, TransportError } from "./transport.ts"

/** One thing that every transport must do; `run` fails with an assertion's defect when it does not. */
export interface AcceptanceCase {
  readonly name: string
  readonly run: Effect.Effect<void, TransportError, Transport>
}

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest())
/** Of the frames here. A transport may have to know the schema of what it is given. */
const schemaText = '"bytes"'
const schemaHash = sha256(encodeUtf8(schemaText) ?? new Uint8Array(0))

/** A frame of records whose values are these texts, as bytes. */
export function textFrame(values: readonly string[], key: Uint8Array | null = null): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(schemaHash)
  for (const value of values) writer.append({ timestamp: 1_000, key }, bytesOf(value))
  return writer.finish()
}

export function textsOf(frames: readonly { readonly frame: Uint8Array }[]): readonly string[] {
  const texts: string[] = []
  for (const { frame } of frames) {
    const cursor = new BatchCursor(frame)
    while (cursor.next()) texts.push(Buffer.from(cursor.value() ?? []).toString("utf8"))
  }
  return texts
}

function bytesOf(text: string): Uint8Array {
  return encodeUtf8(text) ?? new Uint8Array(0)
}

/** The effect's failure; a success is a defect. */
function refusal<A, R>(effect: Effect.Effect<A, TransportError, R>): Effect.Effect<TransportError, never, R> {
  return Effect.matchEffect(effect, {
    onFailure: Effect.succeed,
    onSuccess: () => Effect.die(new assert.AssertionError({ message: "it was not refused" }))
  })
}

const task = { pipeline: "acceptance", node: "head", partition: 3 }

/** The batches of partition 0, once it has so many records. What was committed may be there to be read a moment later. */
const readBatches = Effect.fnUntraced(function* (topic: string, records: number) {
  const transport = yield* Transport
  const batches: LogBatch[] = []
  let next = 0n
  while (textsOf(batches).length < records) {
    yield* transport.waitFor(topic, 0, next)
    batches.push(...(yield* transport.read(topic, 0, next, 1_000_000)))
    next = batches.map(endOf).at(-1) ?? 0n
  }
  return batches
})

/** The offset after a batch: gaps take offsets too. */
const endOf = ({ baseOffset, frame }: LogBatch): bigint => baseOffset + BigInt(openBatch(frame).count)

function put(log: TaskLog, topic: string, values: readonly string[]) {
  return log.commit({ ...emptyCommit, outputs: [{ topic, partition: 0, frame: textFrame(values) }] })
}

const topics: readonly AcceptanceCase[] = [
  {
    name: "makes a topic once and refuses another partition count",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const first = yield* transport.ensureTopic({ name: "films", partitions: 4, internal: false })
      const again = yield* transport.ensureTopic({ name: "films", partitions: 4, internal: false })
      assert.equal(again.id, first.id)
      const refused = yield* refusal(transport.ensureTopic({ name: "films", partitions: 5, internal: false }))
      assert.equal(refused.reason, "partitionCount")
      assert.deepEqual(
        (yield* transport.topics).map(({ name }) => name),
        ["films"]
      )
    })
  },
  {
    name: "forgets a deleted topic's records and gives its name a new id",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const spec = { name: "films", partitions: 1, internal: false }
      const first = yield* transport.ensureTopic(spec)
      yield* put(yield* transport.openTask(task), "films", ["a"])
      yield* transport.deleteTopic("films")
      assert.equal((yield* refusal(transport.end("films", 0))).reason, "unknownTopic")
      const second = yield* transport.ensureTopic(spec)
      assert.notEqual(second.id, first.id)
      assert.deepEqual(textsOf(yield* transport.read("films", 0, 0n, 1_000)), [])
    })
  },
  {
    name: "keeps a schema by the hash of its text",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const hash = yield* transport.putSchema('"string"')
      assert.equal(hash.length, 32)
      assert.deepEqual(yield* transport.putSchema('"string"'), hash)
      assert.equal(yield* transport.schema(hash), '"string"')
      assert.equal(yield* transport.schema(new Uint8Array(32)), undefined)
    })
  }
]

const records: readonly AcceptanceCase[] = [
  {
    name: "gives records consecutive offsets and reads whole batches from any of them",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
      const log = yield* transport.openTask(task)
      yield* put(log, "films", ["a", "b"])
      yield* put(log, "films", ["c"])
      yield* put(log, "films", ["d", "e", "f"])
      const all = yield* readBatches("films", 6)
      assert.deepEqual(textsOf(all), ["a", "b", "c", "d", "e", "f"])
      const end = yield* transport.end("films", 0)
      assert.deepEqual(all.map(endOf), [...all.slice(1).map(({ baseOffset }) => baseOffset), end])
      assert.equal(all[0]?.baseOffset, yield* transport.start("films", 0))
      assert.equal(yield* transport.end("films", 1), 0n)
      const last = all.find((batch) => textsOf([batch]).includes("e"))
      assert.ok(last !== undefined)
      const middle = yield* transport.read("films", 0, last.baseOffset + 1n, 1)
      assert.deepEqual(textsOf(middle), ["d", "e", "f"])
      assert.equal(middle[0]?.baseOffset, last.baseOffset)
      assert.deepEqual(yield* transport.read("films", 0, end, 1_000), [])
    })
  },
  {
    name: "writes into each frame who made it",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 1, internal: false })
      const log = yield* transport.openTask(task)
      yield* log.commit(emptyCommit)
      yield* put(log, "films", ["a"])
      const [batch] = yield* readBatches("films", 1)
      assert.ok(batch !== undefined)
      const header = openBatch(batch.frame)
      assert.equal(header.producer, yield* transport.nodeId(task.pipeline, task.node))
      assert.equal(header.partition, 3)
      assert.equal(header.sequence, 2)
    })
  },
  {
    name: "wakes who waits for a partition to grow, and no one else",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
      const log = yield* transport.openTask(task)
      const waiting = yield* Effect.forkChild(transport.waitFor("films", 0, 0n))
      const other = yield* Effect.forkChild(transport.waitFor("films", 1, 0n))
      yield* Effect.yieldNow
      yield* put(log, "films", ["a"])
      yield* Fiber.join(waiting)
      assert.equal(other.pollUnsafe(), undefined)
      yield* Fiber.interrupt(other)
      yield* transport.waitFor("films", 0, 0n)
    })
  }
]

const tasks: readonly AcceptanceCase[] = [
  {
    name: "keeps what a commit does not name and adds counts up",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const log = yield* transport.openTask(task)
      assert.equal(yield* log.checkpoint, undefined)
      const counts = { in: 5, out: 3, handled: 3, filtered: 1, dead: 1, late: 0 }
      yield* log.commit({
        ...emptyCommit,
        offsets: [
          { topic: "a", partition: 0, next: 9_007_199_254_740_993n },
          { topic: "b", partition: 0, next: 2n }
        ],
        positions: { p0: "{}", __proto__: "x" },
        tokens: { out: '"t1"' },
        watermarks: { w: 5 },
        counts: { n: counts }
      })
      yield* log.commit({
        ...emptyCommit,
        offsets: [{ topic: "b", partition: 0, next: 3n }],
        counts: { n: counts },
        now: 77,
        completed: true
      })
      const reopened = yield* transport.openTask(task)
      const checkpoint = yield* reopened.checkpoint
      assert.ok(checkpoint !== undefined)
      assert.equal(checkpoint.sequence, 2)
      assert.deepEqual(checkpoint.offsets, [
        { topic: "a", partition: 0, next: 9_007_199_254_740_993n },
        { topic: "b", partition: 0, next: 3n }
      ])
      assert.equal(checkpoint.positions["p0"], "{}")
      assert.equal(checkpoint.tokens["out"], '"t1"')
      assert.deepEqual(checkpoint.counts["n"], { in: 10, out: 6, handled: 6, filtered: 2, dead: 2, late: 0 })
      assert.equal(checkpoint.now, 77)
      assert.equal(checkpoint.completed, true)
    })
  },
  {
    name: "fences the owner of a task that another has opened, and keeps nothing of its commit",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 1, internal: false })
      const old = yield* transport.openTask(task)
      const owner = yield* transport.openTask(task)
      const refused = yield* refusal(put(old, "films", ["zombie"]))
      assert.equal(refused.reason, "fenced")
      yield* put(owner, "films", ["a"])
      assert.deepEqual(textsOf(yield* readBatches("films", 1)), ["a"])
    })
  },
  {
    name: "commits all of concurrent tasks, each in its own order",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 1, internal: false })
      yield* Effect.forEach(
        [0, 1, 2, 3, 4, 5, 6, 7],
        (partition) =>
          Effect.gen(function* () {
            const log = yield* transport.openTask({ ...task, partition })
            for (let i = 0; i < 10; i++) yield* put(log, "films", [`${partition}:${i}`])
          }),
        { concurrency: "unbounded" }
      )
      const texts = textsOf(yield* readBatches("films", 80))
      assert.equal(texts.length, 80)
      for (let partition = 0; partition < 8; partition++)
        assert.deepEqual(
          texts.filter((text) => text.startsWith(`${partition}:`)),
          [...Array(10).keys()].map((i) => `${partition}:${i}`)
        )
      const all = yield* transport.checkpoints("acceptance")
      assert.deepEqual(
        all.map(({ checkpoint }) => checkpoint.sequence),
        Array.from({ length: 8 }, () => 10)
      )
    })
  },
  {
    name: "fails a commit to a topic that is not there, and keeps nothing of it",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const log = yield* transport.openTask(task)
      assert.equal((yield* refusal(put(log, "nowhere", ["a"]))).reason, "unknownTopic")
      assert.equal(yield* log.checkpoint, undefined)
    })
  }
]

const keyed = { node: "count" }
const states = [
  { index: 0, kind: "value" },
  { index: 1, kind: "map" }
] as const

/** Entries as text, for comparison. */
export function entriesText(bytes: Uint8Array): readonly string[] {
  const cursor = new StateEntryCursor(bytes)
  const found: string[] = []
  const hex = (part: Uint8Array | null | undefined): string =>
    part === undefined ? "-" : part === null ? "null" : Buffer.from(part).toString("latin1")
  while (cursor.next()) {
    const value = cursor.operation === "put" ? ` ${hex(cursor.value())}@${cursor.expiry}` : ""
    found.push(`${cursor.operation} ${cursor.state} ${hex(cursor.key())} ${hex(cursor.mapKey())}${value}`)
  }
  return found
}

const state: readonly AcceptanceCase[] = [
  {
    name: "answers state as the last commits left it, and says what is absent",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const log = yield* transport.openTask(task, keyed)
      const [k1, k2, m1, m2] = ["k1", "k2", "m1", "m2"].map(bytesOf)
      assert.ok(k1 !== undefined && k2 !== undefined && m1 !== undefined && m2 !== undefined)
      const writer = new StateEntryWriter()
      writer.put(0, k1, undefined, 0, bytesOf("v1"))
      writer.put(1, k1, m2, 0, bytesOf("x2"))
      writer.put(1, k1, m1, 0, bytesOf("x1"))
      writer.put(0, null, undefined, 0, bytesOf("n"))
      yield* log.commit({ ...emptyCommit, state: writer.finish() })
      const read = Effect.map(log.readState([k1, k2, null], states), entriesText)
      assert.deepEqual(yield* read, [
        "put 0 k1 - v1@0",
        "put 1 k1 m1 x1@0",
        "put 1 k1 m2 x2@0",
        "absent 0 k2 -",
        "absent 1 k2 -",
        "put 0 null - n@0",
        "absent 1 null -"
      ])
      const second = new StateEntryWriter()
      second.delete(0, k1, undefined)
      second.clear(1, k1)
      second.put(1, k1, m2, 0, bytesOf("x3"))
      yield* log.commit({ ...emptyCommit, state: second.finish() })
      assert.deepEqual((yield* read).slice(0, 2), ["absent 0 k1 -", "put 1 k1 m2 x3@0"])
    })
  },
  {
    name: "answers the timers that are due, the earliest first, before and after it is opened again",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const log = yield* transport.openTask(task, keyed)
      const timer = (time: number, tag: string) => ({ time, key: bytesOf("k"), tag: bytesOf(tag) })
      const set = (writer: StateEntryWriter, state: number, time: number, tag: string) => {
        const { mapKey, value } = encodeTimer(timer(time, tag), sha256)
        writer.put(state, null, mapKey, 0, value)
      }
      const first = new StateEntryWriter()
      for (const [time, tag] of [
        [30, "c"],
        [10, "a"],
        [20, "b"],
        [-5, "z"]
      ] as const)
        set(first, eventTimers, time, tag)
      set(first, processingTimers, 15, "p")
      yield* log.commit({ ...emptyCommit, state: first.finish() })
      const tags = (state: number, until: number, limit = 10) =>
        Effect.map(log.dueTimers(state, until, limit), (due) =>
          due.map(({ tag, time }) => `${Buffer.from(tag).toString()}@${time}`)
        )
      assert.deepEqual(yield* tags(eventTimers, 20), ["z@-5", "a@10", "b@20"])
      assert.deepEqual(yield* tags(eventTimers, 20, 2), ["z@-5", "a@10"])
      assert.deepEqual(yield* tags(processingTimers, 100), ["p@15"])
      const second = new StateEntryWriter()
      second.delete(eventTimers, null, encodeTimer(timer(10, "a"), sha256).mapKey)
      set(second, eventTimers, 20, "b")
      set(second, eventTimers, 12, "d")
      yield* log.commit({ ...emptyCommit, state: second.finish() })
      assert.deepEqual(yield* tags(eventTimers, 1_000), ["z@-5", "d@12", "b@20", "c@30"])
      const again = yield* transport.openTask(task, keyed)
      assert.deepEqual(
        (yield* again.dueTimers(eventTimers, 20, 10)).map(({ time }) => time),
        [-5, 12, 20]
      )
    })
  },
  {
    name: "forgets offsets and state of the nodes named, and of no others",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const key = bytesOf("k")
      const writer = new StateEntryWriter()
      writer.put(0, key, undefined, 0, bytesOf("v"))
      const delta = writer.finish()
      for (const node of ["one", "two"]) {
        const log = yield* transport.openTask({ ...task, node }, { node })
        yield* log.commit({ ...emptyCommit, state: delta })
      }
      yield* transport.forget("acceptance", ["one"])
      for (const [node, expected] of [
        ["one", "absent 0 k -"],
        ["two", "put 0 k - v@0"]
      ] as const) {
        const log = yield* transport.openTask({ ...task, node }, { node })
        assert.equal((yield* log.checkpoint)?.sequence, node === "one" ? undefined : 1)
        assert.deepEqual(entriesText(yield* log.readState([key], [{ index: 0, kind: "value" }])), [expected])
      }
    })
  }
]

/** Everything that a transport must do, each case on a transport of its own that holds nothing yet. */
export const transportAcceptance: readonly AcceptanceCase[] = [...topics, ...records, ...tasks, ...state].map(
  ({ name, run }) => ({
    name,
    run: Effect.flatMap(Transport, (transport) => Effect.andThen(transport.putSchema(schemaText), run))
  })
)
