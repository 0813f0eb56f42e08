import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { BatchCursor, BatchWriter, type ControlKind, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { emptyCommit } from "./empty-commit.ts"
import type { AcceptanceCase } from "./acceptance.ts"
import { Transport } from "./transport.ts"
import type { TaskLog, TransportError, TransportShape } from "./transport.ts"

const topic = { name: "customers", partitions: 1, internal: false, compact: true }
const writer = { pipeline: "acceptance", node: "writer", partition: 0 }
/** A transport may have to know the schema of what it is given. */
const schemaText = '"bytes"'
const schemaHash = new Uint8Array(createHash("sha256").update(schemaText).digest())

/** A record by its key; without a value, a delete. */
export interface KeyedText {
  readonly key: string | null
  readonly value: string | null
}

/** A record as it is read, where it stands. */
export interface PlacedText extends KeyedText {
  readonly offset: bigint
}

export function keyedFrame(records: readonly KeyedText[]): Uint8Array {
  const frame = new BatchWriter()
  frame.begin(schemaHash)
  for (const { key, value } of records)
    frame.append(
      { timestamp: 1_000, key: key === null ? null : bytes(key) },
      value === null ? null : bytes(value)
    )
  return frame.finish()
}

export function appendKeyed(log: TaskLog, records: readonly KeyedText[], name: string = topic.name) {
  return log.commit({ ...emptyCommit, outputs: [{ topic: name, partition: 0, frame: keyedFrame(records) }] })
}

/**
 * All records of a partition from an offset on, control records left out. A batch that does not begin where the one before
 * ended, or one whose records are not within it, is a defect: an audit would count records as lost.
 */
export function readKeyed(
  transport: TransportShape,
  from = 0n,
  name: string = topic.name
): Effect.Effect<readonly PlacedText[], TransportError> {
  return Effect.gen(function* () {
    const found: PlacedText[] = []
    const end = yield* transport.end(name, 0)
    let next: bigint | undefined
    while ((next ?? from) < end) {
      const batches = yield* transport.read(name, 0, next ?? from, 10_000)
      assert.ok(batches.length > 0, `nothing at offset ${next ?? from} of ${end}`)
      for (const { baseOffset, frame } of batches) {
        assert.ok(
          next === undefined ? baseOffset <= from : baseOffset === next,
          `a batch at ${baseOffset}, not ${next}`
        )
        found.push(...placed(baseOffset, frame).filter(({ offset }) => offset >= from))
        next = baseOffset + BigInt(openBatch(frame).count)
      }
    }
    return found
  })
}

function placed(baseOffset: bigint, frame: Uint8Array): readonly PlacedText[] {
  const cursor = new BatchCursor(frame)
  const found: PlacedText[] = []
  while (cursor.next()) {
    if (cursor.isControl) continue
    const offset = baseOffset + BigInt(cursor.index)
    found.push({ key: text(cursor.key()), value: text(cursor.value()), offset })
  }
  return found
}

/** What a table made of these records holds. */
export function tableOf(records: readonly KeyedText[]): ReadonlyMap<string | null, string> {
  const table = new Map<string | null, string>()
  for (const { key, value } of records) {
    if (value === null) table.delete(key)
    else table.set(key, value)
  }
  return table
}

function bytes(of: string): Uint8Array {
  return new Uint8Array(Buffer.from(of))
}
function text(of: Uint8Array | null): string | null {
  return of === null ? null : Buffer.from(of).toString()
}

const valueOf = (turn: number, key: number): string => `${turn}/${key} ${"x".repeat(200)}`
const turnOf = (turn: number, keys: number): readonly KeyedText[] =>
  Array.from({ length: keys }, (_, key) => ({ key: `k${key}`, value: valueOf(turn, key) }))

/** How offsets of a transport go. */
export interface OffsetHabits {
  /** Offsets that a commit takes in a partition beside those of its records, behind them. */
  readonly perCommit: number
  /** Of how many offsets one is tried as the one to read from. */
  readonly stride: number
}

/** Writes turns, and knows where each record stands. */
class History {
  readonly placed: Map<bigint, KeyedText> = new Map()
  next = 0n
  private readonly log: TaskLog
  private readonly habits: OffsetHabits

  constructor(log: TaskLog, habits: OffsetHabits) {
    this.log = log
    this.habits = habits
  }

  get all(): readonly KeyedText[] {
    return [...this.placed.values()]
  }

  append(records: readonly KeyedText[]): Effect.Effect<unknown, TransportError> {
    for (const record of records) this.placed.set(this.next++, record)
    this.next += BigInt(this.habits.perCommit)
    return appendKeyed(this.log, records)
  }
}

/** What was committed may be there to be read a moment later. */
const untilAll = (transport: TransportShape, { next }: History): Effect.Effect<void, TransportError> =>
  transport.waitFor(topic.name, 0, next - 1n)

/**
 * What a compacted topic must be. `pressed` makes the transport compact what is there, as far as it ever will without more being
 * appended, but for its newest batch, and answers when it has.
 */
export function compactionAcceptance(
  pressed: (name: string) => Effect.Effect<void, TransportError, Transport>,
  habits: OffsetHabits = { perCommit: 0, stride: 1 }
): readonly AcceptanceCase[] {
  const opened = Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.putSchema(schemaText)
    assert.equal((yield* transport.ensureTopic(topic)).compact, true)
    return { transport, history: new History(yield* transport.openTask(writer), habits) }
  })
  const settled = Effect.fnUntraced(function* (transport: TransportShape, history: History) {
    yield* untilAll(transport, history)
    yield* pressed(topic.name)
    return yield* readKeyed(transport)
  })
  return [
    {
      name: "keeps the newest record of each key where it was, and lets older ones go",
      run: Effect.gen(function* () {
        const { history, transport } = yield* opened
        for (let turn = 0; turn < 40; turn++) yield* history.append(turnOf(turn, turn % 2 === 0 ? 50 : 20))
        const left = yield* settled(transport, history)
        assert.deepEqual(tableOf(left), tableOf(history.all))
        for (const { key, offset, value } of left)
          assert.deepEqual({ key, value }, history.placed.get(offset))
        assert.ok(left.length < 200, `${left.length} of ${history.all.length} records are left`)
        assert.equal(yield* transport.end(topic.name, 0), history.next)
        assert.equal(yield* transport.start(topic.name, 0), 0n)
        const { given, kept } = yield* transport.appended(topic.name, 0)
        assert.deepEqual([given, kept], [history.next, history.next])
      })
    },
    {
      name: "reads a compacted partition from any offset on",
      run: Effect.gen(function* () {
        const { history, transport } = yield* opened
        for (let turn = 0; turn < 30; turn++) yield* history.append(turnOf(turn, 7 + (turn % 5)))
        const left = yield* settled(transport, history)
        for (let from = 0n; from < history.next; from += BigInt(habits.stride))
          assert.deepEqual(
            yield* readKeyed(transport, from),
            left.filter(({ offset }) => offset >= from)
          )
      })
    },
    {
      name: "goes on after it compacted: offsets, and who reads, as before",
      run: Effect.gen(function* () {
        const { history, transport } = yield* opened
        for (let turn = 0; turn < 30; turn++) yield* history.append(turnOf(turn, 10))
        yield* settled(transport, history)
        const from = history.next
        yield* history.append([{ key: "k3", value: "last" }])
        yield* untilAll(transport, history)
        assert.deepEqual(yield* readKeyed(transport, from), [{ key: "k3", value: "last", offset: from }])
      })
    },
    {
      name: "keeps a delete, and nothing that it deleted",
      run: Effect.gen(function* () {
        const { history, transport } = yield* opened
        yield* history.append(turnOf(0, 20))
        const deleted = history.next
        yield* history.append([{ key: "k3", value: null }])
        for (let turn = 1; turn < 30; turn++)
          yield* history.append(turnOf(turn, 20).filter(({ key }) => key !== "k3"))
        const left = yield* settled(transport, history)
        assert.deepEqual(
          left.filter(({ key }) => key === "k3"),
          [{ key: "k3", value: null, offset: deleted }]
        )
      })
    },
    {
      name: "keeps what tasks tell of event time: of each the newest, and every end",
      run: Effect.gen(function* () {
        const { history, transport } = yield* opened
        const log = yield* transport.openTask({ ...writer, partition: 1 })
        yield* transport.putSchema(controlSchemaText)
        const tell = (kind: ControlKind, watermark: number) => {
          history.next += 1n + BigInt(habits.perCommit)
          const outputs = [{ topic: topic.name, partition: 0, frame: controlFrame(kind) }]
          return log.commit({ ...emptyCommit, outputs, watermark })
        }
        for (let turn = 0; turn < 20; turn++) {
          yield* history.append(turnOf(turn, 20))
          yield* tell("active", turn * 1_000)
        }
        yield* tell("end", 19_000)
        for (let turn = 20; turn < 40; turn++) yield* history.append(turnOf(turn, 20))
        yield* settled(transport, history)
        const told = yield* readTold(transport)
        assert.deepEqual(told.at(-1), { kind: "end", partition: 1, watermark: 19_000 })
        assert.deepEqual(told.at(-2), { kind: "active", partition: 1, watermark: 19_000 })
      })
    },
    {
      name: "refuses a record without a key in a compacted topic, and all that is committed with it",
      run: Effect.gen(function* () {
        const { history, transport } = yield* opened
        const log = yield* transport.openTask(writer)
        const mixed = [
          { key: "a", value: "1" },
          { key: null, value: "2" }
        ]
        const refused = yield* Effect.flip(appendKeyed(log, mixed)).pipe(Effect.orDie)
        assert.equal(refused.reason, "keyless")
        assert.match(refused.message, /customers/)
        assert.equal(yield* transport.end(topic.name, 0), 0n)
        const kept = new History(log, habits)
        yield* kept.append([{ key: "", value: "of the empty key" }])
        yield* untilAll(transport, kept)
        assert.equal(yield* transport.end(topic.name, 0), kept.next)
        assert.equal(history.next, 0n)
      })
    }
  ]
}

/** As the worker writes them. */
const controlSchemaText = '"null"'

function controlFrame(kind: ControlKind): Uint8Array {
  const frame = new BatchWriter(undefined, 256)
  frame.begin(new Uint8Array(createHash("sha256").update(controlSchemaText).digest()))
  frame.appendControl(kind, 1_000)
  return frame.finish()
}

/** Control records that are left, and what their batch says of who wrote them. */
const readTold = Effect.fnUntraced(function* (transport: TransportShape) {
  const told: {
    readonly kind: ControlKind | undefined
    readonly partition: number
    readonly watermark: number
  }[] = []
  const end = yield* transport.end(topic.name, 0)
  for (let next = 0n; next < end;) {
    for (const { baseOffset, frame } of yield* transport.read(topic.name, 0, next, 10_000)) {
      const { partition, watermark } = openBatch(frame)
      const cursor = new BatchCursor(frame)
      while (cursor.next()) if (cursor.isControl) told.push({ kind: cursor.control, partition, watermark })
      next = baseOffset + BigInt(openBatch(frame).count)
    }
  }
  return told
})
