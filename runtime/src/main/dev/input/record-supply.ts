import type { Json, RecordType } from "@millrace/sdk/avro"
import { type AvroValue, CodecFault, fromJsonValue } from "@millrace/sdk/codec"
import { sampleRecords } from "@millrace/sdk/testing"

/** Records by their number, from 0: the same number is always the same record, so that a feed goes on where it was cut short. */
export interface RecordSupply {
  /** Undefined: without end. */
  readonly count: number | undefined
  /** At most `count` records from `from` on; fewer only at the end. */
  readonly take: (from: number, count: number) => readonly AvroValue[]
  /** Where a replay begins; 0 unless told otherwise. */
  readonly replayFrom?: () => number
}

/** Plausible records of a type, made up. The same seed gives the same ones. */
export const madeUp = (type: RecordType, count: number | undefined, seed = 0): RecordSupply => ({
  count,
  take: (from, wanted) => {
    const size = count === undefined ? wanted : Math.max(0, Math.min(wanted, count - from))
    return size === 0 ? [] : sampleRecords(type, { from, count: size, seed })
  }
})

export interface Misfit {
  readonly line: number
  readonly message: string
}

/** The author's own records, and those of them that do not fit the type. `count`: so many, the list over and over. */
export const given = (
  type: RecordType,
  records: readonly { readonly line: number; readonly value: Json }[],
  count: number | undefined
): { readonly supply: RecordSupply; readonly misfits: readonly Misfit[] } => {
  const values: AvroValue[] = []
  const misfits: Misfit[] = []
  for (const { line, value } of records) {
    try {
      values.push(fromJsonValue(type, value))
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error
      misfits.push({ line, message: error.message })
    }
  }
  const total = values.length === 0 ? 0 : (count ?? values.length)
  const take = (from: number, wanted: number): readonly AvroValue[] =>
    Array.from(
      { length: Math.max(0, Math.min(wanted, total - from)) },
      (_, index) => values[(from + index) % values.length]
    )
  return { supply: { count: total, take }, misfits }
}

const replayedLast = 10

/** Records that come from elsewhere while they are fed; those that do not fit are passed over. A replay is of the last few. */
export const live = (type: RecordType, records: readonly { readonly value: Json }[]): RecordSupply => {
  const values: AvroValue[] = []
  let read = 0
  const known = (): readonly AvroValue[] => {
    for (; read < records.length; read++) {
      try {
        values.push(fromJsonValue(type, records[read]?.value ?? null))
      } catch (error) {
        if (!(error instanceof CodecFault)) throw error
      }
    }
    return values
  }
  return {
    get count() {
      return known().length
    },
    take: (from, count) => known().slice(from, from + count),
    replayFrom: () => Math.max(0, known().length - replayedLast)
  }
}
