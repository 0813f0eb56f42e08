import { schemaHash, schemaText } from "../avro/index.ts"
import type { RecordType } from "../avro/type.ts"
import { datumWriter } from "../codec/datum/datum.ts"
import { BatchWriter, ByteSink, keyOfText } from "../record/index.ts"
import { HostRefusal } from "./host-refusal.ts"

/** An event that was posted to the address of a source that listens. */
export interface TestEvent {
  readonly id: string
  readonly value: unknown
  /** When it came, ms since 1970; default: the test's clock. */
  readonly receivedAt?: number
}

/** Serves the host request of capability/listen.ts, as the worker does; places are numbers of events. */
export class MemoryInbox {
  readonly #events: readonly TestEvent[]
  readonly #contract: RecordType
  readonly #now: () => number

  constructor(events: readonly TestEvent[], contract: RecordType, now: () => number) {
    this.#events = events
    this.#contract = contract
    this.#now = now
  }

  serve(operation: string, payload: unknown): { readonly result: unknown; readonly bytes?: Uint8Array } {
    if (operation !== "take")
      throw new HostRefusal("PERMISSION_DENIED", `an inbox knows no operation ${operation}`)
    const { after, maxRecords, schemas }: { readonly [name: string]: unknown } = { ...Object(payload) }
    if (after !== null && (typeof after !== "string" || !/^\d{1,9}$/.test(after)))
      throw new HostRefusal("PLACE_INVALID", "this is no place of the inbox")
    const from = after === null ? 0 : Number(after)
    const events = this.#events.slice(from, from + Number(maxRecords))
    const next = from + events.length
    const isKnown = Array.isArray(schemas) && schemas.length > 0
    const schema = schemaText(this.#contract)
    const told = isKnown ? {} : { contract: schema, schema }
    const result = { next: String(next), more: next < this.#events.length, ...told }
    return events.length === 0 ? { result } : { result, bytes: this.#frame(events) }
  }

  #frame(events: readonly TestEvent[]): Uint8Array {
    const datum = datumWriter(this.#contract)
    const writer = new BatchWriter()
    const sink = new ByteSink(1024 * 1024, 1024)
    writer.begin(schemaHash(this.#contract), this.#now())
    for (const { id, receivedAt, value } of events) {
      sink.length = 0
      datum.write(value, sink)
      writer.append({ timestamp: receivedAt ?? this.#now(), key: keyOfText(id) }, sink.toBytes())
    }
    return writer.finish()
  }
}
