import assert from "node:assert/strict"
import { BatchCursor, BatchWriter, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { emptyCommit } from "./empty-commit.ts"
import type { AcceptanceCase } from "./acceptance.ts"
import { Transport } from "./transport.ts"
import type { TaskLog, TransportError, TransportShape } from "./transport.ts"

const topic = { name: "customers", partitions: 1, internal: false, compact: true }
const writer = { pipeline: "acceptance", node: "writer", partition: 0 }
const schemaHash = new Uint8Array(32).fill(7)

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

/**
 * What a compacted topic must be. `pressed` makes the transport compact what is there, as far as it ever will without more being
 * appended, but for its newest batch, and answers when it has.
 */
export function compactionAcceptance(
  pressed: (name: string) => Effect.Effect<void, TransportError, Transport>
): readonly AcceptanceCase[] {
  return [
    {
      name: "keeps the newest record of each key where it was, and lets older ones go",
      run: Effect.gen(function* () {
        const transport = yield* Transport
        assert.equal((yield* transport.ensureTopic(topic)).compact, true)
        const log = yield* transport.openTask(writer)
        const all: KeyedText[] = []
        for (let turn = 0; turn < 40; turn++) {
          const records = turnOf(turn, turn % 2 === 0 ? 50 : 20)
          all.push(...records)
          yield* appendKeyed(log, records)
        }
        yield* pressed(topic.name)
        const left = yield* readKeyed(transport)
        assert.deepEqual(tableOf(left), tableOf(all))
        for (const { key, offset, value } of left) assert.deepEqual({ key, value }, all[Number(offset)])
        assert.ok(left.length < 200, `${left.length} of ${all.length} records are left`)
        assert.equal(yield* transport.end(topic.name, 0), BigInt(all.length))
        assert.equal(yield* transport.start(topic.name, 0), 0n)
        const { given, kept } = yield* transport.appended(topic.name, 0)
        assert.deepEqual([given, kept], [BigInt(all.length), BigInt(all.length)])
      })
    },
    {
      name: "reads a compacted partition from any offset on",
      run: Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic(topic)
        const log = yield* transport.openTask(writer)
        for (let turn = 0; turn < 30; turn++) yield* appendKeyed(log, turnOf(turn, 7 + (turn % 5)))
        yield* pressed(topic.name)
        const left = yield* readKeyed(transport)
        const end = yield* transport.end(topic.name, 0)
        for (let from = 0n; from < end; from++)
          assert.deepEqual(
            yield* readKeyed(transport, from),
            left.filter(({ offset }) => offset >= from)
          )
      })
    },
    {
      name: "goes on after it compacted: offsets, and who reads, as before",
      run: Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic(topic)
        const log = yield* transport.openTask(writer)
        for (let turn = 0; turn < 30; turn++) yield* appendKeyed(log, turnOf(turn, 10))
        yield* pressed(topic.name)
        yield* appendKeyed(log, [{ key: "k3", value: "last" }])
        assert.deepEqual(yield* readKeyed(transport, 300n), [{ key: "k3", value: "last", offset: 300n }])
      })
    },
    {
      name: "keeps a delete, and nothing that it deleted",
      run: Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic(topic)
        const log = yield* transport.openTask(writer)
        yield* appendKeyed(log, turnOf(0, 20))
        yield* appendKeyed(log, [{ key: "k3", value: null }])
        for (let turn = 1; turn < 30; turn++)
          yield* appendKeyed(
            log,
            turnOf(turn, 20).filter(({ key }) => key !== "k3")
          )
        yield* pressed(topic.name)
        const left = yield* readKeyed(transport)
        assert.deepEqual(
          left.filter(({ key }) => key === "k3"),
          [{ key: "k3", value: null, offset: 20n }]
        )
      })
    },
    {
      name: "refuses a record without a key in a compacted topic, and all that is committed with it",
      run: Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic(topic)
        const log = yield* transport.openTask(writer)
        const mixed = [
          { key: "a", value: "1" },
          { key: null, value: "2" }
        ]
        const refused = yield* Effect.flip(appendKeyed(log, mixed)).pipe(Effect.orDie)
        assert.equal(refused.reason, "keyless")
        assert.match(refused.message, /customers/)
        assert.equal(yield* transport.end(topic.name, 0), 0n)
        yield* appendKeyed(log, [{ key: "", value: "of the empty key" }])
        assert.equal(yield* transport.end(topic.name, 0), 1n)
      })
    }
  ]
}
