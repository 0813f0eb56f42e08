import { isUtf8 } from "@millrace/sdk/record"

/** Bytes for people: text where they are printable UTF-8, else `base64:…`. */
export const bytesText = (bytes: Uint8Array): string => {
  if (isUtf8(bytes, 0, bytes.length)) {
    const text = Buffer.from(bytes).toString("utf8")
    if (!/\p{Cc}/u.test(text)) return text
  }
  return `base64:${base64(bytes)}`
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
