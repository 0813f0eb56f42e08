import { BatchCursor, BatchWriter, checkBatch, openBatch, sealBatch } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { keyedFrame, tableOf } from "../../acceptance-compaction.ts"
import type { KeyedText, PlacedText } from "../../acceptance-compaction.ts"
import { compactionRound } from "./compaction-round.ts"
import type { RoundInput, RoundResult } from "./compaction-round.ts"

/** A partition in memory. INVARIANT, checked by `read`: each batch begins where the one before ended. */
class Log {
  frames = new Map<bigint, Uint8Array>()
  end = 0n

  append(frame: Uint8Array): void {
    this.frames.set(this.end, frame)
    this.end += BigInt(openBatch(frame).count)
  }

  batchAt(offset: bigint) {
    for (const [baseOffset, frame] of this.sorted())
      if (offset >= baseOffset && offset < baseOffset + BigInt(openBatch(frame).count))
        return { baseOffset, frame }
    return undefined
  }

  sorted(): readonly (readonly [bigint, Uint8Array])[] {
    return [...this.frames].toSorted(([left], [right]) => (left < right ? -1 : 1))
  }

  read(from = 0n): readonly PlacedText[] {
    const found: PlacedText[] = []
    let next = 0n
    for (const [base, frame] of this.sorted()) {
      assert.strictEqual(base, next)
      checkBatch(frame)
      const cursor = new BatchCursor(frame)
      while (cursor.next()) {
        if (cursor.isControl) continue
        const [key, value] = [cursor.key(), cursor.value()].map((part) =>
          part === null ? null : Buffer.from(part).toString()
        )
        found.push({ key: key ?? null, value: value ?? null, offset: base + BigInt(cursor.index) })
      }
      next = base + BigInt(openBatch(frame).count)
    }
    assert.strictEqual(next, this.end)
    return found.filter(({ offset }) => offset >= from)
  }

  get bytes(): number {
    return [...this.frames.values()].reduce((sum, frame) => sum + frame.length, 0)
  }

  /** Runs a round, of which the first `steps` are carried out; undefined: it was killed before it ended. */
  compact(options: Partial<RoundInput> = {}, steps = Infinity): RoundResult | undefined {
    const round = compactionRound({
      read: (offset) => this.batchAt(offset),
      start: 0n,
      end: this.end,
      clean: 0n,
      deletesBelow: 0n,
      mostKeys: 1_000,
      stepBytes: 1,
      behind: 1,
      ...options
    })
    for (let taken = round.next(), done = 0; ; taken = round.next()) {
      if (taken.done === true) return taken.value
      if (taken.value === undefined) continue
      if (done++ >= steps) return undefined
      for (const { base, frame, gone } of taken.value.runs) {
        for (const each of gone) assert.isTrue(this.frames.delete(each))
        if (frame !== undefined) this.frames.set(base, frame)
      }
    }
  }
}

const record: fc.Arbitrary<KeyedText> = fc.record({
  key: fc.constantFrom("a", "b", "c", "d", "e", null),
  value: fc.option(fc.string({ maxLength: 3 }))
})
type Op =
  | { readonly op: "append"; readonly records: readonly KeyedText[] }
  | { readonly op: "compact"; readonly mostKeys: number; readonly steps: number }
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("append" as const),
      records: fc.array(record, { minLength: 1, maxLength: 6 })
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("compact" as const),
      mostKeys: fc.integer({ min: 1, max: 40 }),
      steps: fc.oneof(fc.constant(Infinity), fc.nat(4))
    })
  }
)

const keyed = <A extends KeyedText>(records: readonly A[]): readonly A[] =>
  records.filter(({ key }) => key !== null)

describe("a compaction round", () => {
  it("leaves every reader the same table, wherever it stands and however often it is killed", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 25 }), fc.nat(), (ops, place) => {
        const log = new Log()
        const all: KeyedText[] = []
        // A reader that has read up to somewhere, as the log was then.
        const stop = place % (ops.length + 1)
        let behind: readonly PlacedText[] = []
        let clean = 0n
        for (const [turn, each] of ops.entries()) {
          if (turn === stop) behind = log.read().slice(0, place % 7)
          if (each.op === "append") {
            all.push(...each.records)
            log.append(keyedFrame(each.records))
          } else clean = log.compact({ clean, mostKeys: each.mostKeys }, each.steps)?.clean ?? clean
          const left = log.read()
          assert.deepStrictEqual(tableOf(keyed(left)), tableOf(keyed(all)))
          const next = (behind.at(-1)?.offset ?? -1n) + 1n
          assert.deepStrictEqual(tableOf(keyed([...behind, ...log.read(next)])), tableOf(keyed(all)))
          for (const { key, offset, value } of left)
            assert.deepStrictEqual({ key, value }, all[Number(offset)])
          const keyless = all.flatMap(({ key }, offset) => (key === null ? [BigInt(offset)] : []))
          assert.deepStrictEqual(
            left.flatMap(({ key, offset }) => (key === null ? [offset] : [])),
            keyless
          )
        }
      }),
      { numRuns: 400 }
    )
  })

  it("leaves one record of each key, after as many rounds as its memory needs", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(record, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        (frames, mostKeys) => {
          const log = new Log()
          for (const records of frames) log.append(keyedFrame(records))
          const newest = log.end - BigInt(frames.at(-1)?.length ?? 0)
          let clean = 0n
          for (let rounds = 0; clean < newest; rounds++) {
            assert.isBelow(rounds, 200)
            clean = log.compact({ clean, mostKeys })?.clean ?? clean
          }
          const keys = keyed(log.read()).flatMap(({ key, offset }) => (offset < newest ? [key] : []))
          assert.strictEqual(new Set(keys).size, keys.length)
        }
      ),
      { numRuns: 100 }
    )
  })

  it("takes out deletes that have been told, and brings nothing back with them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(record, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (frames, place) => {
          const log = new Log()
          const all: KeyedText[] = []
          let clean = 0n
          let told = 0n
          for (const [turn, records] of frames.entries()) {
            all.push(...records)
            log.append(keyedFrame(records))
            if ((place + turn) % 4 !== 0) continue
            clean = log.compact({ clean, deletesBelow: told, mostKeys: 3 })?.clean ?? clean
            const deletes = keyed(log.read()).filter(({ offset, value }) => value === null && offset < told)
            assert.deepStrictEqual(deletes, [])
            told = clean
            assert.deepStrictEqual(tableOf(keyed(log.read())), tableOf(keyed(all)))
          }
        }
      ),
      { numRuns: 150 }
    )
  })

  it("goes on where it ended, so that a log that does not grow is not written again", () => {
    const log = new Log()
    for (let turn = 0; turn < 20; turn++)
      log.append(keyedFrame([{ key: `k${turn % 3}`, value: String(turn) }]))
    const { clean = 0n } = log.compact() ?? {}
    const before = log.sorted()
    assert.deepInclude(log.compact({ clean }), { clean, looked: 0 })
    assert.deepStrictEqual(log.sorted(), before)
  })

  it("keeps no trace of frames that held nothing else, however many there were", () => {
    const log = new Log()
    for (let turn = 0; turn < 500; turn++) log.append(keyedFrame([{ key: "counter", value: String(turn) }]))
    const result = log.compact()
    assert.strictEqual(log.frames.size, 3)
    assert.isBelow(log.bytes, 500)
    assert.strictEqual(
      result?.kept,
      log.bytes - openBatch(log.sorted().at(-1)?.[1] ?? new Uint8Array(0)).length
    )
  })

  it("does not write a large frame again for the offsets of small ones behind it", () => {
    const log = new Log()
    log.append(keyedFrame([{ key: "large", value: "x".repeat(100_000) }]))
    for (let turn = 0; turn < 10; turn++) log.append(keyedFrame([{ key: "small", value: String(turn) }]))
    const large = log.frames.get(0n)
    log.compact()
    assert.strictEqual(log.frames.get(0n), large)
    assert.deepStrictEqual(
      log.read().map(({ offset }) => offset),
      [0n, 9n, 10n]
    )
  })
})

describe("what frames say of event time", () => {
  const origin = (producer: number, sequence: number, watermark?: number) => ({
    producer,
    partition: 0,
    sequence,
    ...(watermark === undefined ? {} : { watermark })
  })
  const data = (producer: number, sequence: number, watermark: number): Uint8Array => {
    const frame = keyedFrame([{ key: "k", value: `${producer}/${sequence}` }])
    sealBatch(frame, origin(producer, sequence, watermark))
    return frame
  }
  const control = (producer: number, sequence: number, kind: "idle" | "active" | "end"): Uint8Array => {
    const writer = new BatchWriter()
    writer.begin(new Uint8Array(32))
    writer.appendControl(kind, sequence)
    const frame = writer.finish()
    sealBatch(frame, origin(producer, sequence))
    return frame
  }

  it("stays as it was told last by each task, and every end of input", () => {
    const log = new Log()
    log.append(control(1, 1, "end"))
    for (let turn = 1; turn <= 20; turn++) {
      log.append(control(1, turn, turn % 2 === 0 ? "idle" : "active"))
      log.append(data(1, turn, turn * 10))
      if (turn < 10) log.append(data(2, turn, turn * 100))
    }
    log.append(data(3, 1, 1))
    log.compact()
    const said = log.sorted().map(([, frame]) => {
      const { producer, watermark } = openBatch(frame)
      const cursor = new BatchCursor(frame)
      const controls: unknown[] = []
      while (cursor.next()) if (cursor.isControl) controls.push(cursor.control, cursor.timestamp)
      return [producer, watermark, ...controls]
    })
    assert.deepStrictEqual(said, [
      [1, -Infinity, "end", 1],
      [2, 900],
      [1, -Infinity, "idle", 20],
      [1, 200],
      [3, 1]
    ])
  })
})
