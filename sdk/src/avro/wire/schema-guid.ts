import { bytesToHex } from "@noble/hashes/utils.js"

/** Record header that names the schema of the record's key by its GUID. (Confluent wire format, header variant) */
export const keyHeaderName = "__key_schema_id"

/** The same for its value. */
export const valueHeaderName = "__value_schema_id"

const magic = 1
const guidPattern = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i
const headerLength = 17

/** The header's value for a GUID: a one and its 16 bytes. Undefined when the text is no GUID. */
export const guidHeader = (guid: string): Uint8Array | undefined => {
  const match = guidPattern.exec(guid)
  if (match === null) return undefined
  const digits = match.slice(1).join("")
  return Uint8Array.from({ length: headerLength }, (_, index) =>
    index === 0 ? magic : Number.parseInt(digits.slice(2 * index - 2, 2 * index), 16)
  )
}

/** The GUID of a header's value, in lower-case digits; undefined when it is something else than a one and 16 bytes. */
export const guidOfHeader = (value: Uint8Array): string | undefined => {
  if (value.length !== headerLength || value[0] !== magic) return undefined
  const digits = bytesToHex(value.subarray(1))
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20)
  ].join("-")
}
