import { closeSync, openSync, readSync } from "node:fs"

/** The two pages that LMDB begins a file with, of which the one with the greater transaction holds. */
const pages = 2
/** As store.ts has it for every file. */
const pageBytes = 4096

/** Bytes of these pages together. */
export const metaPagesBytes = pages * pageBytes

// Offsets in a meta page: `MDB_meta` of mdb.c behind a page header of 24 bytes, on a system of 64 bits, little-endian.
const magicAt = 24
const versionAt = 28
const lastPageAt = 144
const transactionAt = 152

const magic = 0xbeefc0de
const version = 2

/**
 * Bytes that an LMDB file has when it holds every page that was ever given out, read without LMDB: opening a file that is
 * shorter than it says may end the process. Undefined where the pages are not as this knows them.
 */
export function bytesGivenOut(file: string): number | undefined {
  const bytes = Buffer.alloc(metaPagesBytes)
  const descriptor = openSync(file, "r")
  try {
    if (readSync(descriptor, bytes, 0, bytes.length, 0) < bytes.length) return undefined
  } finally {
    closeSync(descriptor)
  }
  let newest: { readonly transaction: bigint; readonly lastPage: bigint } | undefined
  for (let at = 0; at < bytes.length; at += pageBytes) {
    if (bytes.readUInt32LE(at + magicAt) !== magic || bytes.readUInt32LE(at + versionAt) !== version)
      return undefined
    const transaction = bytes.readBigUInt64LE(at + transactionAt)
    if (newest === undefined || transaction > newest.transaction)
      newest = { transaction, lastPage: bytes.readBigUInt64LE(at + lastPageAt) }
  }
  return newest === undefined ? undefined : (Number(newest.lastPage) + 1) * pageBytes
}
