import { createHash } from "node:crypto"

/** SRI of a text: `sha512-` and the digest of its UTF-8 in base64. */
export const integrityOf = (text: string): string =>
  `sha512-${createHash("sha512").update(text, "utf8").digest("base64")}`

/** SHA-256 of a text in hex. */
export const sha256Hex = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex")
