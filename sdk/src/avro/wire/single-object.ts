import { bytesToHex } from "@noble/hashes/utils.js"
import { fingerprint } from "../fingerprint.ts"
import type { AvroType } from "../type.ts"

/** Bytes before the value: C3 01 and the fingerprint. (Avro 1.12 §Single-object encoding) */
export const singleObjectHeaderLength = 10

/** What stands before a value of a type: C3 01 and the type's CRC-64-AVRO, little-endian. */
export const singleObjectHeader = (type: AvroType): Uint8Array =>
  Uint8Array.of(0xc3, 0x01, ...fingerprint(type, "CRC-64-AVRO").reverse())

/**
 * The fingerprint of the schema that a value was written with, as `fingerprintHex` prints it; undefined when the bytes do not
 * begin as a single object does.
 */
export const singleObjectFingerprint = (bytes: Uint8Array): string | undefined =>
  bytes.length >= singleObjectHeaderLength && bytes[0] === 0xc3 && bytes[1] === 0x01
    ? bytesToHex(bytes.slice(2, singleObjectHeaderLength).reverse())
    : undefined
