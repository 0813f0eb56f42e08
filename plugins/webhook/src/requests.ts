import { utf8ToBytes } from "@noble/hashes/utils.js"
import type { Settings } from "./config.ts"
import { type Outgoing, shortHash } from "./outgoing.ts"

/** Records that are sent one request after the other: all those of a key are in one lane. */
export type Lane = readonly (readonly Outgoing[])[]

/**
 * Lays records out in as many lanes as there may be requests at one time, each cut into requests in the order of the
 * batch. A record without a key goes wherever there are neighbours of its kind, so that requests are full.
 */
export const lanesOf = (records: readonly Outgoing[], settings: Settings): readonly Lane[] => {
  const lanes: Outgoing[][] = Array.from({ length: settings.maxInFlight }, () => [])
  const perRequest = settings.batch === "record" ? 1 : settings.maxRecords
  let unkeyed = 0
  for (const record of records) {
    const number = record.key === null ? Math.floor(unkeyed++ / perRequest) : hashOf(record.key)
    lanes[number % lanes.length]?.push(record)
  }
  return lanes.filter((lane) => lane.length > 0).map((lane) => cut(lane, settings))
}

/** FNV-1a: a key's lane need not be the same for ever, only within a batch. */
const hashOf = (key: Uint8Array): number => {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

const cut = (records: readonly Outgoing[], settings: Settings): Lane => {
  if (settings.batch === "record") return records.map((record) => [record])
  const requests: Outgoing[][] = []
  let open: Outgoing[] = []
  let bytes = 2
  for (const record of records) {
    const isFull = open.length >= settings.maxRecords || bytes + record.body.length + 1 > settings.maxBytes
    if (open.length > 0 && isFull) {
      requests.push(open)
      open = []
      bytes = 2
    }
    open.push(record)
    bytes += record.body.length + 1
  }
  return open.length > 0 ? [...requests, open] : requests
}

/** What is sent for records that go together. */
export interface WebhookRequest {
  readonly method: Outgoing["method"]
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: Uint8Array
}

/** The request that carries these records; the same for the same records, so that a receiver may know it again. */
export const requestOf = (records: readonly Outgoing[], settings: Settings): WebhookRequest => {
  const [first] = records
  const method = first?.method ?? settings.method
  const id = records.length === 1 ? (first?.id ?? "") : shortHash(records.map((record) => record.id).join())
  const type = settings.batch === "ndjson" ? "application/x-ndjson" : "application/json"
  const headers = {
    ...(method === "DELETE" ? {} : { "content-type": type }),
    ...settings.headers,
    ...(settings.idempotencyHeader === "" ? {} : { [settings.idempotencyHeader]: id })
  }
  const request = { method, path: first?.path ?? "", headers }
  return method === "DELETE" ? request : { ...request, body: bodyOf(records, settings) }
}

const bodyOf = (records: readonly Outgoing[], { batch }: Settings): Uint8Array => {
  const bodies = records.map(({ body }) => body)
  if (batch === "record") return bodies[0] ?? new Uint8Array()
  return batch === "array" ? joined(bodies, "[", ",", "]") : joined(bodies, "", "\n", "\n")
}

const joined = (parts: readonly Uint8Array[], open: string, between: string, close: string): Uint8Array => {
  const all = parts.flatMap((part, index) => (index === 0 ? [part] : [utf8ToBytes(between), part]))
  const chunks = [utf8ToBytes(open), ...all, utf8ToBytes(close)]
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
