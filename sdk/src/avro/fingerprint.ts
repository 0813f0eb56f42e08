import { md5 } from "@noble/hashes/legacy.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"

import { parsingCanonicalForm } from "./canonical-form.ts"
import { schemaText } from "./json.ts"
import type { AvroType } from "./type.ts"

/** The identity of a schema: SHA-256 of `schemaText`, 32 bytes. */
export const schemaHash = (type: AvroType): Uint8Array => sha256(utf8ToBytes(schemaText(type)))

export type FingerprintAlgorithm = "CRC-64-AVRO" | "MD5" | "SHA-256"

/**
 * The fingerprint of the Parsing Canonical Form: 8, 16 or 32 bytes. CRC-64-AVRO is given big-endian, as it is printed;
 * Avro's single-object encoding has it the other way round. None of them is an identity: the form strips defaults and
 * logical types, and 64 bits collide on purpose. (Avro 1.12 §Schema Fingerprints)
 */
export const fingerprint = (type: AvroType, algorithm: FingerprintAlgorithm): Uint8Array => {
  const form = utf8ToBytes(parsingCanonicalForm(type))
  switch (algorithm) {
    case "CRC-64-AVRO":
      return crc64(form)
    case "MD5":
      return md5(form)
    case "SHA-256":
      return sha256(form)
  }
}

/** `fingerprint` in lower-case hexadecimal digits. */
export const fingerprintHex = (type: AvroType, algorithm: FingerprintAlgorithm): string =>
  bytesToHex(fingerprint(type, algorithm))

const empty = 0xc15d213aa4d7a795n

const crc64Table = /* @__PURE__ */ Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index)
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ ((value & 1n) === 1n ? empty : 0n)
  return value
})

const crc64 = (bytes: Uint8Array): Uint8Array => {
  let value = empty
  for (const byte of bytes) value = (value >> 8n) ^ crc64Table[Number(value & 0xffn) ^ byte]!
  const result = new Uint8Array(8)
  new DataView(result.buffer).setBigUint64(0, value)
  return result
}
