import { crc32 } from "node:zlib"
import avsc from "avsc"
import {
  BatchCursor,
  decodeStoredKey,
  decodeStoredValue,
  openBatch,
  StateEntryCursor
} from "@millrace/sdk/record"
import { openStore } from "../../../runtime/src/transport/embedded/store.ts"
import type { Store } from "../../../runtime/src/transport/embedded/store.ts"

/** A record as the log has it. `value`: decoded by its writer schema; undefined for a control record. */
export interface LoggedRecord {
  readonly partition: number
  readonly offset: number
  readonly value: unknown
}

/** What a log holds, read without the transport: by docs/formats alone, values by Apache Avro's rules in another library. */
export interface LogContent {
  readonly topics: ReadonlyMap<string, readonly LoggedRecord[]>
  /** Of a node: by record key (an int), the value. */
  readonly state: (pipeline: string, node: string) => ReadonlyMap<number, unknown>
  /** Values of a frame that stands inside another's record, as in a dead letter. */
  readonly valuesOf: (frame: Uint8Array) => readonly unknown[]
  /** Where the log is not sound: checksums, gaps in offsets. */
  readonly faults: readonly string[]
}

const crcBytes = 4
const logKeyBytes = 6

/** Reads a log that no process has open. */
export async function readLog(folder: string): Promise<LogContent> {
  const store = openStore(folder, { readOnly: true })
  const reading = new Reading(store)
  const topics = reading.topics()
  const states = new Map<string, ReadonlyMap<number, unknown>>()
  for (const [name, id] of reading.keyedNodes()) states.set(name, reading.state(id))
  await store.close()
  return {
    topics,
    state: (pipeline, node) => states.get(`${pipeline}/${node}`) ?? new Map(),
    valuesOf: (frame) => reading.records(Buffer.from(frame), 0, 0).map(({ value }) => value),
    faults: reading.faults
  }
}

class Reading {
  readonly faults: string[] = []
  private readonly types = new Map<string, avsc.Type | undefined>()
  private readonly textById = new Map<number, string>()
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
    for (const { key, value } of store.schemas.entries({})) {
      const body = this.opened(value, "schema")
      const text = body.toString("utf8", 4)
      this.textById.set(body.readUInt32LE(0), text)
      this.types.set(Buffer.from(key).toString("hex"), typeOf(text))
    }
  }

  topics(): ReadonlyMap<string, readonly LoggedRecord[]> {
    const names = new Map<number, string>()
    for (const [name, { id }] of this.meta("topic:")) names.set(Number(id), name)
    const found = new Map<string, LoggedRecord[]>([...names.values()].map((name) => [name, []]))
    const ends = new Map<string, number>()
    for (const { key, value } of this.store.log.entries({})) {
      const name = names.get(key.readUInt32BE(0))
      const partition = key.readUInt16BE(4)
      const base = Number(key.readBigUInt64BE(logKeyBytes))
      const frame = this.opened(value, `batch ${base} of ${String(name)}/${partition}`)
      if (frame.readUInt32LE(8) !== crc32(frame.subarray(12)))
        this.faults.push(`${String(name)}/${partition}: the frame at ${base} fails its CRC`)
      const records = name === undefined ? undefined : found.get(name)
      if (records === undefined) continue
      const place = `${String(name)}/${partition}`
      if (base !== (ends.get(place) ?? 0))
        this.faults.push(`${place}: a batch begins at ${base}, where ${ends.get(place) ?? 0} is next`)
      ends.set(place, base + openBatch(frame).count)
      records.push(...this.records(frame, partition, base))
    }
    return found
  }

  /** By node: the id that its state lies under. */
  keyedNodes(): ReadonlyMap<string, number> {
    return new Map([...this.meta("state:")].map(([name, { id }]) => [name, Number(id)]))
  }

  /** What is folded, with the deltas since applied in their order. */
  state(id: number): ReadonlyMap<number, unknown> {
    const found = new Map<number, unknown>()
    let schema: avsc.Type | undefined
    for (const { key, value } of this.store.state.entries({})) {
      const place = decodeStoredKey(key)
      if (place.node !== id || place.key.form !== "bytes") continue
      const stored = decodeStoredValue(this.opened(value, "state"))
      schema ??= typeOf(this.textById.get(stored.schemaId) ?? "")
      found.set(intOf(place.key.bytes), schema?.fromBuffer(Buffer.from(stored.value)))
    }
    for (const { key, value } of this.store.deltas.entries({})) {
      if (key.readUInt32BE(0) !== id) continue
      const cursor = new StateEntryCursor(this.opened(value, "delta"))
      while (cursor.next()) this.applyEntry(cursor, found)
    }
    return found
  }

  private applyEntry(cursor: StateEntryCursor, found: Map<number, unknown>): void {
    const key = intOf(cursor.key() ?? new Uint8Array(8))
    if (cursor.operation !== "put") {
      found.delete(key)
      return
    }
    // The load keeps one state: its schema is the one with a trail and a count beside each other, and no key.
    const schema = [...this.textById.values()].find((text) => text.includes('"recent"'))
    found.set(key, typeOf(schema ?? "")?.fromBuffer(Buffer.from(cursor.value() ?? [])))
  }

  records(frame: Buffer, partition: number, base: number): readonly LoggedRecord[] {
    const type = this.types.get(Buffer.from(openBatch(frame).schemaHash).toString("hex"))
    const cursor = new BatchCursor(frame)
    const found: LoggedRecord[] = []
    while (cursor.next()) {
      const isValue = !cursor.isControl && !cursor.isTombstone
      const value = isValue ? type?.fromBuffer(Buffer.from(cursor.value() ?? [])) : undefined
      found.push({ partition, offset: base + cursor.index, value })
    }
    return found
  }

  private *meta(prefix: string): Iterable<readonly [string, { readonly [name: string]: unknown }]> {
    for (const { key, value } of this.store.meta.entries({})) {
      const name = key.toString("utf8")
      if (name.startsWith(prefix))
        yield [name.slice(prefix.length), JSON.parse(this.opened(value, name).toString("utf8"))]
    }
  }

  private opened(stored: Buffer, what: string): Buffer {
    const value = Buffer.from(stored.subarray(crcBytes))
    if (crc32(value) !== stored.readUInt32LE(0)) this.faults.push(`${what} fails its CRC`)
    return value
  }
}

function typeOf(text: string): avsc.Type | undefined {
  if (text === "") return undefined
  return avsc.Type.forSchema(JSON.parse(text), { wrapUnions: "never" })
}

function intOf(key: Uint8Array): number {
  return Number(Buffer.from(key).readBigInt64BE(0))
}
