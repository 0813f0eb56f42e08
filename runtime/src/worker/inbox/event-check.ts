import { type AvroType, fingerprintHex, type Json, type RecordType } from "@millrace/sdk/avro"
import { CodecFault, datumReader, datumWriter, fromJsonValue } from "@millrace/sdk/codec"
import { ByteSink, encodeUtf8, FrameFault } from "@millrace/sdk/record"
import type { InboxSettings } from "./inbox-settings.ts"
import { jsonPointerOf } from "./json-pointer-of.ts"

/** An event that fits, as the inbox keeps it. */
export interface InboxEntry {
  readonly id: string
  /** The id's UTF-8. */
  readonly key: Uint8Array
  /** Avro, written with the contract. */
  readonly value: Uint8Array
}

/** Why an event is not taken in. Codes are public. */
export interface Rejection {
  readonly code:
    | "EVENT_NOT_JSON"
    | "EVENT_INVALID"
    | "EVENT_ID_INVALID"
    | "EVENT_TIME_AHEAD"
    | "EVENT_TOO_LARGE"
  /** JSON pointer (RFC 6901) to what is wrong, empty for the whole event. */
  readonly pointer: string
  readonly message: string
}

export type Checked = { readonly entry: InboxEntry } | { readonly rejection: Rejection }

/** Of one event, written. */
export const maxEventBytes = 1024 * 1024
const maxIdBytes = 200
/** What JavaScript knows as a time, ms before and after 1970. */
const lastInstant = 8_640_000_000_000_000

/** Checks events against the contract of a node, and writes them. Values are as in `fromJsonValue` of the SDK. */
export class EventCheck {
  /** CRC-64-AVRO of the contract, as it is printed. */
  readonly fingerprint: string
  private readonly type: RecordType
  private readonly settings: InboxSettings
  private readonly toDatum: ReturnType<typeof datumWriter>
  private readonly fromDatum: ReturnType<typeof datumReader>
  private readonly sink = new ByteSink(maxEventBytes, 1024)
  /** Of the event time's field, in one ms. */
  private readonly perMs: number

  constructor(type: RecordType, settings: InboxSettings) {
    this.type = type
    this.settings = settings
    this.toDatum = datumWriter(type)
    this.fromDatum = datumReader(type, type)
    this.fingerprint = fingerprintHex(type, "CRC-64-AVRO")
    this.perMs =
      logicalName(type.fields.find(({ name }) => name === settings.eventTime)?.type) === "timestamp-micros"
        ? 1_000
        : 1
  }

  /** `now`: ms since 1970. */
  json(json: Json, now: number): Checked {
    try {
      const value = fromJsonValue(this.type, json)
      this.sink.length = 0
      this.toDatum.write(value, this.sink)
      return this.judged(value, this.sink.toBytes(), now)
    } catch (error) {
      return { rejection: rejectionOf(error) }
    }
  }

  /**
   * The Avro value that begins at `start`, and where it ends; without an end nobody can tell where the next one begins.
   */
  avro(bytes: Uint8Array, start: number, now: number): { readonly checked: Checked; readonly end?: number } {
    try {
      const { end, value } = this.fromDatum.readNext(bytes, start, bytes.length)
      if (end - start > maxEventBytes) return { checked: { rejection: tooLarge }, end }
      return { checked: this.judged(value, bytes.slice(start, end), now), end }
    } catch (error) {
      return { checked: { rejection: rejectionOf(error) } }
    }
  }

  private judged(value: unknown, bytes: Uint8Array, now: number): Checked {
    const { eventId, eventTime, maxAheadMs } = this.settings
    const id = fieldOf(value, eventId)
    const key = typeof id === "string" ? encodeUtf8(id) : undefined
    if (typeof id !== "string" || key === undefined || key.length === 0 || key.length > maxIdBytes)
      return rejected("EVENT_ID_INVALID", eventId, `an event's id is a text of 1 to ${maxIdBytes} bytes`)
    const time = eventTime === undefined ? now : fieldOf(value, eventTime)
    const at = typeof time === "number" ? time / (eventTime === undefined ? 1 : this.perMs) : Number.NaN
    if (!(Math.abs(at) <= lastInstant))
      return rejected("EVENT_INVALID", eventTime ?? "", "this is no time that there is")
    if (at > now + maxAheadMs)
      return rejected(
        "EVENT_TIME_AHEAD",
        eventTime ?? "",
        `it is ${Math.round(at - now)} ms ahead of the clock here`
      )
    return { entry: { id, key, value: bytes } }
  }
}

const tooLarge: Rejection = {
  code: "EVENT_TOO_LARGE",
  pointer: "",
  message: `an event has at most ${maxEventBytes} bytes`
}

const rejected = (code: Rejection["code"], field: string, message: string): Checked => ({
  rejection: { code, pointer: jsonPointerOf(field), message }
})

function rejectionOf(error: unknown): Rejection {
  if (error instanceof FrameFault && error.code === "TOO_LARGE") return tooLarge
  if (error instanceof FrameFault) return { code: "EVENT_INVALID", pointer: "", message: error.message }
  if (!(error instanceof CodecFault)) throw error
  if (error.code === "TOO_LARGE") return tooLarge
  return { code: "EVENT_INVALID", pointer: jsonPointerOf(error.path), message: error.detail.slice(0, 300) }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined

const logicalName = (type: AvroType | undefined): string | undefined =>
  type !== undefined && "logical" in type ? type.logical?.name : undefined
