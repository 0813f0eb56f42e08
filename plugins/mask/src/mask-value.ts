import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"

export type Mode = "redact" | "hash" | "last4" | "null"

/** What stands for a value. null stays null: that there is none is told. */
export const maskValue = (value: unknown, mode: Mode, salt: string): string | null => {
  if (value === null || value === undefined || mode === "null") return null
  if (mode === "redact") return "***"
  const text = textOf(value)
  return mode === "last4" ? lastFour(text) : bytesToHex(sha256(utf8ToBytes(`${salt}\u0000${text}`)))
}

/** The last four characters, if they are fewer than half of them; else nothing of the text. */
const lastFour = (text: string): string => {
  if (text.length <= 8) return "***"
  if (!/[\ud800-\udfff]/.test(text)) return `***${text.slice(-4)}`
  const characters = [...text]
  return characters.length > 8 ? `***${characters.slice(-4).join("")}` : "***"
}

/** The text that is hashed: of a text itself, of bytes their hex, of anything else its JSON. */
const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  if (value instanceof Uint8Array) return bytesToHex(value)
  const text: string | undefined = JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === "bigint") return String(part)
    return part instanceof Uint8Array ? bytesToHex(part) : part
  })
  return text ?? ""
}
