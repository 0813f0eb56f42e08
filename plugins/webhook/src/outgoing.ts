import { parseAvro, plainJson, type SinkRecord, urlPath } from "@millrace/sdk"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type { Settings } from "./config.ts"

/** A record as it will be sent. */
export interface Outgoing {
  /** Its place in the sink's batch. */
  readonly index: number
  /** Of this record with this content: 32 hexadecimal digits, the same again when it is sent again. */
  readonly id: string
  readonly key: Uint8Array | null
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  /** JSON in UTF-8; of a DELETE none. */
  readonly body: Uint8Array
}

/** Why a record cannot be sent at all. */
export interface Unsendable {
  readonly index: number
  readonly reason: string
}

type Row = { readonly [field: string]: unknown }
type Given = SinkRecord<Row>

/** Makes the requests' parts of records; undefined for a tombstone that is passed over. */
export const outgoingOf = (
  settings: Settings,
  schema: string
): ((record: Given, index: number) => Outgoing | Unsendable | undefined) => {
  const parsed = parseAvro(schema)
  const toJson = "ok" in parsed ? plainJson(parsed.ok) : (value: unknown) => value
  const template = urlPath(settings.path)
  return (record, index) => {
    const { value, key } = record
    if (value === null && settings.tombstones === "skip") return undefined
    const isDelete = value === null && settings.tombstones === "delete"
    const path = template.fill((name) => (name === "$key" ? keyText(key) : value?.[name]))
    if (typeof path !== "string") {
      return { index, reason: `the config's path cannot be made of it: ${path.name} ${path.problem}` }
    }
    const json = value === null ? null : toJson(value)
    const id = idOf(record.id, path, JSON.stringify(json))
    const body = utf8ToBytes(JSON.stringify(settings.body === "value" ? json : envelope(record, id, json)))
    if (body.length > settings.maxBytes) {
      return { index, reason: `the record is ${body.length} bytes of JSON, more than maxBytes` }
    }
    const method = isDelete ? "DELETE" : settings.method
    return { index, id, key, method, path, body: isDelete ? new Uint8Array() : body }
  }
}

export const isUnsendable = (given: Outgoing | Unsendable): given is Unsendable => "reason" in given

/**
 * The content is part of it: a pipeline that begins anew numbers its records anew, and what differs must not be taken for
 * what was sent before.
 */
const idOf = (recordId: string, path: string, json: string): string =>
  shortHash(JSON.stringify([recordId, path, json]))

/** 128 bits of SHA-256 in hexadecimal digits. */
export const shortHash = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 16))

const envelope = ({ key, timestamp }: Given, id: string, value: unknown) => ({
  id,
  key: key === null ? null : (keyText(key) ?? { hex: bytesToHex(key) }),
  timestamp: new Date(timestamp).toISOString(),
  value
})

/** A key of one text field is its text in UTF-8; the bytes of any other are undefined here, but for the rarest number. */
const keyText = (key: Uint8Array | null): string | undefined => {
  if (key === null) return undefined
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(key)
    return /\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
