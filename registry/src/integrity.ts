import { createHash } from "node:crypto"

/** Subresource Integrity of bytes, `sha512-` and base64. (W3C Subresource Integrity, with the one hash that we use) */
export const integrityOf = (bytes: Uint8Array): string =>
  `sha512-${createHash("sha512").update(bytes).digest("base64")}`
