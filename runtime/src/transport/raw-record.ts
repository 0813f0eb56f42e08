export interface RecordBytes {
  /** Milliseconds since 1970. */
  readonly timestamp: number | bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly (readonly [name: Uint8Array | string, value: Uint8Array | null])[]
}

/** A value of more bytes is left out: the record is found by its offset. */
const maxValueBytes = 512 * 1024

/** A record that nobody here can read, for people, and for a program that is to write it anew: JSON, bytes in base64. */
export function rawRecord({ headers = [], key, timestamp, value }: RecordBytes): string {
  return JSON.stringify({
    timestamp: String(timestamp),
    key: text(key),
    value: value !== null && value.length > maxValueBytes ? { bytes: value.length } : text(value),
    ...(headers.length === 0 ? {} : { headers: headers.map(([name, each]) => [nameOf(name), text(each)]) })
  })
}

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes.subarray(0, maxValueBytes)).toString("base64")

const nameOf = (name: Uint8Array | string): string =>
  typeof name === "string" ? name : Buffer.from(name).toString("utf8")
