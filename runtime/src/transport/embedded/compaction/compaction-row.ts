import { openValue, sealValue } from "../value.ts"

/** How far a partition's compaction has come: the row `compacted:ID/PARTITION` of docs/formats/commit.md. */
export interface CompactionRow {
  /** Below it each key was looked for once. */
  readonly clean: bigint
  /** Bytes of frames that came since. */
  readonly dirty: number
  /** Bytes of frames that the last round left below it. */
  readonly kept: number
  /** Deletes below it have been told for long enough. */
  readonly deletesBelow: bigint
  /** Below it nothing that a delete has deleted is left, since then (ms since 1970); those deletes are next to go. */
  readonly told: { readonly below: bigint; readonly since: number } | undefined
}

export const newRow: CompactionRow = { clean: 0n, dirty: 0, kept: 0, deletesBelow: 0n, told: undefined }

const rowBytes = 48

export function sealRow({ clean, deletesBelow, dirty, kept, told }: CompactionRow): Buffer {
  const value = Buffer.allocUnsafe(rowBytes)
  const fields = [
    clean,
    BigInt(dirty),
    BigInt(kept),
    deletesBelow,
    told?.below ?? 0n,
    BigInt(told?.since ?? 0)
  ]
  for (const [place, field] of fields.entries()) value.writeBigUInt64LE(field, 8 * place)
  return sealValue(value)
}

/** Undefined for what is none: the partition is looked through from its beginning then. */
export function openRow(stored: Buffer): CompactionRow | undefined {
  const value = openValue(stored)
  if (value?.length !== rowBytes) return undefined
  const [clean = 0n, dirty = 0n, kept = 0n, deletesBelow = 0n, below = 0n, since = 0n] = Array.from(
    { length: 6 },
    (_, place) => value.readBigUInt64LE(8 * place)
  )
  const told = below === 0n ? undefined : { below, since: Number(since) }
  return { clean, dirty: Number(dirty), kept: Number(kept), deletesBelow, told }
}

export function rowKey(place: string): Buffer {
  return Buffer.from(`compacted:${place}`)
}
