import { anyRecord, type DerivedRow, type MapState, Schema } from "@millrace/sdk"
import type { Buckets, Held } from "./core/interval-join.ts"

/** The watermark in state: null where there is none. */
export const storedWatermark = (watermark: number): number | null =>
  watermark === -Infinity ? null : watermark
export const watermarkOf = (stored: number | null): number => stored ?? -Infinity

/** One side's records of a bucket. What their rows are made of `derive` says: see {@link heldSchema}. */
export const StoredBucket = Schema.Array(
  Schema.Struct({
    timestamp: Schema.Int,
    watermark: Schema.NullOr(Schema.Int),
    isMatched: Schema.Boolean,
    row: anyRecord
  })
)
type StoredBucket = typeof StoredBucket.Type

const time = [
  { name: "timestamp", type: "long" },
  { name: "watermark", type: ["null", "long"] }
]

/** {@link StoredBucket} as Avro, with the rows' own schema. */
export const heldSchema = (name: string, row: object) =>
  listOf(`millrace.join.${name}Held`, [
    ...time,
    { name: "isMatched", type: "boolean" },
    { name: "row", type: row }
  ])

export const StoredWaiting = Schema.Array(anyRecord)

/** {@link StoredWaiting} as Avro. */
export const waitingSchema = (row: object) => ({ type: "array", items: row })

export const StoredVersions = Schema.Array(
  Schema.Struct({ timestamp: Schema.Int, row: Schema.NullOr(anyRecord) })
)

/** {@link StoredVersions} as Avro. */
export const versionsSchema = (row: object) =>
  listOf("millrace.join.Version", [time[0], { name: "row", type: ["null", row] }])

const listOf = (name: string, fields: readonly unknown[]) => ({
  type: "array",
  items: { type: "record", name, fields }
})

/** Map state as the core sees it. */
export const bucketsOf = (state: MapState<number, StoredBucket>): Buckets<DerivedRow> => ({
  get: (bucket) => state.get(bucket)?.map(heldOf),
  set: (bucket, held) =>
    state.set(
      bucket,
      held.map((one) => ({ ...one, watermark: storedWatermark(one.watermark) }))
    ),
  delete: (bucket) => state.delete(bucket),
  entries: () => [...state.entries()].map(([bucket, held]) => [bucket, held.map(heldOf)] as const)
})

const heldOf = (stored: StoredBucket[number]): Held<DerivedRow> => ({
  ...stored,
  watermark: watermarkOf(stored.watermark)
})
