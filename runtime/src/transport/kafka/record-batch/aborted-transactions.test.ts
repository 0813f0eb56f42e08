import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { AbortedTransaction } from "./aborted-transactions.ts"
import { attributesAt, producerIdAt } from "./batch-layout.ts"
import { readRecordBatches } from "./read-record-batches.ts"
import { at, changed, frameOf, readAll, schemaId, text, valuesOf } from "./testing/frames.ts"
import { javaBatch } from "./testing/java-batches.ts"
import { writeRecordBatch } from "./write-record-batch.ts"

/** A partition's log: what stands in it, from offset 0 on. */
type Part =
  | { readonly producer: number; readonly values: readonly string[]; readonly plain?: true }
  | { readonly producer: number; readonly ends: "commit" | "abort" }

interface Logged {
  readonly offset: number
  readonly end: number
  readonly bytes: Buffer
  readonly part: Part
}

const batchOf = (part: Part): Buffer => {
  const id = BigInt(part.producer)
  if ("ends" in part) return changed(javaBatch(part.ends), (bytes) => bytes.writeBigInt64BE(id, producerIdAt))
  const frame = frameOf(part.values.map((value) => ({ timestamp: 0, key: text("k"), value: text(value) })))
  const producer = { id, epoch: 0, baseSequence: 0 }
  return Buffer.from(
    writeRecordBatch(frame, { schemaId, compression: "none", producer, transactional: part.plain !== true })
  )
}

function logOf(parts: readonly Part[]): readonly Logged[] {
  let offset = 0
  return parts.map((part) => {
    const count = "ends" in part ? 1 : part.values.length
    const logged = { offset, end: offset + count, bytes: at(offset, batchOf(part)), part }
    offset += count
    return logged
  })
}

/** What a broker keeps of each aborted transaction: its first offset, and that of its marker. */
function abortedIn(log: readonly Logged[]): readonly (AbortedTransaction & { readonly marker: number })[] {
  const open = new Map<number, number>()
  const aborted: (AbortedTransaction & { readonly marker: number })[] = []
  for (const { offset, part } of log) {
    const first = open.get(part.producer)
    if (!("ends" in part)) {
      if (first === undefined && part.plain !== true) open.set(part.producer, offset)
      continue
    }
    open.delete(part.producer)
    if (part.ends === "abort" && first !== undefined)
      aborted.push({ producerId: BigInt(part.producer), firstOffset: BigInt(first), marker: offset })
  }
  return aborted
}

/** A fetch from `from` that answers as many batches, and the aborted transactions that have to do with them. */
function fetched(log: readonly Logged[], from: number, batches: number) {
  const answer = log.filter(({ end }) => end > from).slice(0, batches)
  const end = answer.at(-1)?.end ?? from
  const aborted = abortedIn(log).filter(({ firstOffset, marker }) => firstOffset < end && marker >= from)
  return readRecordBatches(Buffer.concat(answer.map(({ bytes }) => bytes)), {
    ...readAll,
    from: BigInt(from),
    // A broker gives them in no order that one could count on.
    aborted: aborted.toReversed()
  })
}

/** All that a reader gets that fetches so many batches at a time. */
function readBy(log: readonly Logged[], batches: number): readonly (readonly [number, string | null])[] {
  const read: (readonly [number, string | null])[] = []
  for (let from = 0; from < log.at(-1)!.end;) {
    const { items, next } = fetched(log, from, batches)
    read.push(...valuesOf(items).filter(([offset]) => offset >= from))
    assert.isAbove(Number(next), from)
    from = Number(next)
  }
  return read
}

/** What committed, by the log as a whole. */
function committed(log: readonly Logged[]): readonly (readonly [number, string])[] {
  const aborted = abortedIn(log)
  return log.flatMap(({ offset, part }) => {
    if ("ends" in part) return []
    const isAborted = aborted.some(
      ({ firstOffset, marker, producerId }) =>
        Number(producerId) === part.producer &&
        firstOffset <= offset &&
        offset < marker &&
        part.plain !== true
    )
    return isAborted ? [] : part.values.map((value, index) => [offset + index, value] as const)
  })
}

describe("a reader of committed records", () => {
  it("leaves out two aborted transactions of one producer in one fetch, and not what committed between them", () => {
    const log = logOf([
      { producer: 1, values: ["a", "b"] },
      { producer: 1, ends: "abort" },
      { producer: 1, values: ["c"] },
      { producer: 1, ends: "commit" },
      { producer: 1, values: ["d"] },
      { producer: 1, ends: "abort" },
      { producer: 1, values: ["e"] },
      { producer: 1, ends: "commit" }
    ])
    const { items, next } = fetched(log, 0, 8)
    assert.deepStrictEqual(valuesOf(items), [
      [3, "c"],
      [7, "e"]
    ])
    assert.strictEqual(next, 9n)
    // The items say where what was left out lies, and where the markers stand.
    assert.deepStrictEqual(
      items.map((item) => [item.kind, item.kind === "marker" ? item.type : "", item.offset, item.next]),
      [
        ["marker", "abort", 2n, 3n],
        ["frame", "", 3n, 4n],
        ["marker", "commit", 4n, 6n],
        ["marker", "abort", 6n, 7n],
        ["frame", "", 7n, 8n],
        ["marker", "commit", 8n, 9n]
      ]
    )
  })

  it("leaves out an aborted transaction that is larger than a fetch, whose marker comes later", () => {
    const log = logOf([
      { producer: 1, values: ["a"] },
      { producer: 1, values: ["b"] },
      { producer: 2, values: ["other"] },
      { producer: 1, values: ["c"] },
      { producer: 1, ends: "abort" },
      { producer: 2, ends: "commit" },
      { producer: 1, values: ["d"] },
      { producer: 1, ends: "commit" }
    ])
    for (let batches = 1; batches <= log.length; batches++)
      assert.deepStrictEqual(readBy(log, batches), [
        [2, "other"],
        [6, "d"]
      ])
    assert.deepStrictEqual(valuesOf(fetched(log, 1, 1).items), [])
  })

  it("goes on behind a fetch of which nothing is left", () => {
    const log = logOf([
      { producer: 1, values: ["a", "b", "c"] },
      { producer: 1, values: ["d"] },
      { producer: 1, ends: "abort" }
    ])
    assert.deepStrictEqual(fetched(log, 0, 2), { items: [], next: 4n, cutOffBytes: 0 })
  })

  it("leaves nothing out that a producer wrote outside of transactions", () => {
    const log = logOf([
      { producer: 1, values: ["a"] },
      { producer: 1, values: ["plain"], plain: true },
      { producer: 1, ends: "abort" }
    ])
    assert.deepStrictEqual(valuesOf(fetched(log, 0, 3).items), [[1, "plain"]])
  })

  it("gets every record that committed, once, whatever stands in the log and however it is fetched", () => {
    const step = fc.record({
      producer: fc.integer({ min: 1, max: 3 }),
      kind: fc.constantFrom("write", "write", "plain", "commit", "abort"),
      count: fc.integer({ min: 1, max: 3 })
    })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        (steps, batches) => {
          const open = new Set<number>()
          const parts = steps.flatMap(({ count, kind, producer }, index): readonly Part[] => {
            const values = Array.from({ length: count }, (_, number) => `${index}/${number}`)
            if (kind === "plain" && !open.has(producer)) return [{ producer, values, plain: true }]
            if (kind === "write" || kind === "plain") {
              open.add(producer)
              return [{ producer, values }]
            }
            return open.delete(producer) ? [{ producer, ends: kind === "abort" ? "abort" : "commit" }] : []
          })
          const log = logOf([...parts, ...[...open].map((producer): Part => ({ producer, ends: "abort" }))])
          if (log.length === 0) return
          assert.deepStrictEqual(readBy(log, batches), committed(log))
        }
      ),
      { numRuns: 300 }
    )
  })
})

describe("a reader of all records", () => {
  it("gets aborted ones too", () => {
    const log = logOf([
      { producer: 1, values: ["a"] },
      { producer: 1, ends: "abort" }
    ])
    assert.deepStrictEqual(
      valuesOf(readRecordBatches(Buffer.concat(log.map(({ bytes }) => bytes)), readAll).items),
      [[0, "a"]]
    )
    assert.strictEqual(log[0]!.bytes.readInt16BE(attributesAt), 16)
  })
})
