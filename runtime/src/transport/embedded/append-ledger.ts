import type { Store } from "./store.ts"
import { openValue, sealValue } from "./value.ts"

/**
 * How many records each partition was given, kept with the commits that gave them: what an audit holds the log's own ends
 * against. A partition that was written before this was kept begins with the end that it had.
 */
export class AppendLedger {
  private readonly counts = new Map<string, bigint>()
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  /** `place`: `TOPIC/PARTITION` by the topic's id. Undefined for a partition that was never counted. */
  count(place: string): bigint | undefined {
    const known = this.counts.get(place)
    if (known !== undefined) return known
    const row = this.store.read(() => this.store.meta.get(rowKey(place)))
    const value = row === undefined ? undefined : openValue(row)
    const count = value === undefined || value.length < 8 ? undefined : value.readBigUInt64LE(0)
    if (count !== undefined) this.counts.set(place, count)
    return count
  }

  /** Inside a transaction. */
  put(place: string, count: bigint): void {
    const value = Buffer.allocUnsafe(8)
    value.writeBigUInt64LE(count)
    this.store.meta.put(rowKey(place), sealValue(value))
  }

  /** After it became durable. */
  moved(place: string, count: bigint): void {
    this.counts.set(place, count)
  }

  forget(topicId: number): void {
    for (const place of this.counts.keys()) if (place.startsWith(`${topicId}/`)) this.counts.delete(place)
  }

  static prefix(topicId: number): Buffer {
    return rowKey(`${topicId}/`)
  }
}

function rowKey(place: string): Buffer {
  return Buffer.from(`appended:${place}`)
}
