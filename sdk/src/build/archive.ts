import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import { type ArchiveFile, writeTar } from "./tar.ts"

/** A `.tgz` whose bytes depend on the files (and on zlib's version) alone: no time, no owner, no system in its headers. */
export const writeArchive = (files: readonly ArchiveFile[]): Uint8Array => {
  const archive = new Uint8Array(gzipSync(writeTar(files), { level: 9 }))
  // RFC 1952: bytes 4-7 are the time, which Node leaves 0; byte 9 is the system, and 255 is "unknown".
  archive[9] = 255
  return archive
}

/** Subresource Integrity (sha512) of some bytes. */
export const integrityOf = (bytes: Uint8Array | string): string =>
  `sha512-${createHash("sha512").update(bytes).digest("base64")}`
