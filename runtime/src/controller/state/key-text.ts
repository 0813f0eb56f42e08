import {
  booleanOfKey,
  bigintOfKey,
  compositeKey,
  doubleOfKey,
  keyOfBigint,
  keyOfBoolean,
  keyOfDouble,
  keyOfText,
  textOfKey
} from "@millrace/sdk/record"
import { base64, bytesText } from "../bytes-text.ts"

/**
 * Record keys for people (docs/formats/key.md): a key of one field as that field's value, of several as a JSON array. `forms`:
 * of its fields, as a plan has them; none: not known, and then as text or base64.
 */
export const keyText = (key: Uint8Array | null, forms: readonly string[]): string => {
  if (key === null) return "null"
  try {
    if (forms.length === 1) return fieldText(key, forms[0] ?? "")
    if (forms.length > 1)
      return JSON.stringify(
        partsOf(key).map((part, at) => (part === null ? null : fieldText(part, forms[at] ?? "")))
      )
  } catch {
    // Not of these forms: whatever it is, it is shown.
  }
  return bytesText(key)
}

/** The key bytes of what {@link keyText} shows; undefined for a text that is no such key. `null` is the null key. */
export const keyOfShown = (text: string, forms: readonly string[]): Uint8Array | null | undefined => {
  if (text === "null" && forms[0] !== "text") return null
  try {
    if (forms.length <= 1) return fieldKey(text, forms[0] ?? "")
    const parts: unknown = JSON.parse(text)
    if (!Array.isArray(parts) || parts.length !== forms.length) return undefined
    return compositeKey(
      parts.map((part: unknown, at) =>
        part === null
          ? null
          : fieldKey(typeof part === "string" ? part : JSON.stringify(part), forms[at] ?? "")
      )
    )
  } catch {
    return undefined
  }
}

const fieldText = (bytes: Uint8Array, form: string): string => {
  if (form === "an integer") return String(bigintOfKey(bytes))
  if (form === "a fraction") return String(doubleOfKey(bytes))
  if (form === "a boolean") return String(booleanOfKey(bytes))
  return form === "bytes" ? `base64:${base64(bytes)}` : textOfKey(bytes)
}

const fieldKey = (text: string, form: string): Uint8Array => {
  if (form === "an integer") return keyOfBigint(BigInt(text))
  if (form === "a fraction" && text.trim() !== "") return keyOfDouble(Number(text))
  if (form === "a boolean") return keyOfBoolean(text === "true")
  const coded = /^base64:(.*)$/s.exec(text)?.[1]
  return coded === undefined ? keyOfText(text) : new Uint8Array(Buffer.from(coded, "base64"))
}

/** The parts of a key of several fields. */
const partsOf = (key: Uint8Array): readonly (Uint8Array | null)[] => {
  const parts: (Uint8Array | null)[] = []
  for (let at = 0; at < key.length;) {
    const mark = key[at++]
    if (mark === 0) {
      parts.push(null)
      continue
    }
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = key[at++]
      if (byte === undefined || shift > 28) throw new RangeError("a key part without an end")
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    if (at + size > key.length) throw new RangeError("a key part beyond the key")
    parts.push(key.slice(at, at + size))
    at += size
  }
  return parts
}
