import { ErrorOf, ObjectDefineProperty, StringFromCharCode } from "../realm/primordials.ts"
import { offer } from "./timers.ts"

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** `atob` and `btoa` (HTML §Base64 utility methods): libraries check Base64 by them. */
export function installBase64(): void {
  offer("btoa", (text: unknown) => encode(String(text)))
  offer("atob", (text: unknown) => decode(String(text)))
}

function encode(text: string): string {
  let encoded = ""
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)]
    if (a > 255 || b > 255 || c > 255) throw invalidCharacter()
    // Beyond the end `charCodeAt` answers NaN, which the shifts take for 0.
    const group = (a << 16) | (b << 8) | c
    encoded += alphabet[group >> 18] + alphabet[(group >> 12) & 63]
    encoded += i + 1 < text.length ? alphabet[(group >> 6) & 63] : "="
    encoded += i + 2 < text.length ? alphabet[group & 63] : "="
  }
  return encoded
}

/** WHATWG Infra §4.7 "forgiving-base64 decode". */
function decode(given: string): string {
  const spaceless = given.replace(/[\t\n\f\r ]/g, "")
  const text = spaceless.length % 4 === 0 ? spaceless.replace(/={1,2}$/, "") : spaceless
  if (text.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(text)) throw invalidCharacter()
  let decoded = ""
  let group = 0
  let bits = 0
  for (let i = 0; i < text.length; i++) {
    group = ((group << 6) | alphabet.indexOf(text.charAt(i))) & 0xffffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    decoded += StringFromCharCode((group >> bits) & 255)
  }
  return decoded
}

function invalidCharacter(): Error {
  const error = new ErrorOf("the text holds a character that it cannot have")
  ObjectDefineProperty(error, "name", { value: "InvalidCharacterError" })
  return error
}
