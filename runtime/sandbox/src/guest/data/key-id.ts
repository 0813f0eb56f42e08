import { charCodeAt, StringFromCharCode, Uint8ArrayOf } from "../realm/primordials.ts"

/** The null key's id; no other id begins so. */
export const nullKeyId = "-"

/** A string that stands for key bytes in maps: equal ids, equal bytes. */
export function keyIdOf(bytes: Uint8Array, start: number, end: number): string {
  if (start < 0) return nullKeyId
  let id = "+"
  for (let i = start; i < end; i++) id += StringFromCharCode(bytes[i])
  return id
}

/** The bytes of an id; null for the null key. */
export function keyOfId(id: string): Uint8Array | null {
  if (id === nullKeyId) return null
  const bytes = new Uint8ArrayOf(id.length - 1)
  for (let i = 0; i < bytes.length; i++) bytes[i] = charCodeAt(id, i + 1)
  return bytes
}
