import type { Json, RecordType } from "@millrace/sdk/avro"
import { type AvroValue, CodecFault, fromJsonValue } from "@millrace/sdk/codec"
import { sampleRecords } from "@millrace/sdk/testing"

/** Records by their number, from 0: the same number is always the same record, so that a feed goes on where it was cut short. */
export interface RecordSupply {
  /** Undefined: without end. */
  readonly count: number | undefined
  /** At most `count` records from `from` on; fewer only at the end. */
  readonly take: (from: number, count: number) => readonly AvroValue[]
}

/** Plausible records of a type, made up. */
export const madeUp = (type: RecordType, count: number | undefined): RecordSupply => ({
  count,
  take: (from, wanted) => {
    const size = count === undefined ? wanted : Math.max(0, Math.min(wanted, count - from))
    return size === 0 ? [] : sampleRecords(type, { from, count: size })
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
