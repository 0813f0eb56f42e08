import { decodeUtf8, encodeUtf8 } from "@millrace/sdk/record"
import { isBytes, RangeErrorOf, TypeErrorOf, Uint8ArrayOf } from "../realm/primordials.ts"
import { offer } from "./timers.ts"

/** TextEncoder and TextDecoder (WHATWG Encoding), for UTF-8 alone and without streaming. */
export function installTextCodec(): void {
  offer("TextEncoder", TextEncoder)
  offer("TextDecoder", TextDecoder)
}

class TextEncoder {
  get encoding(): string {
    return "utf-8"
  }

  encode(text: unknown = ""): Uint8Array {
    const wellFormed = String(text).toWellFormed()
    return encodeUtf8(wellFormed) ?? new Uint8ArrayOf(0)
  }

  encodeInto(text: unknown, target: Uint8Array): { readonly read: number; readonly written: number } {
    const source = String(text)
    let read = 0
    let written = 0
    for (const character of source) {
      const bytes = this.encode(character)
      if (written + bytes.length > target.length) break
      target.set(bytes, written)
      written += bytes.length
      read += character.length
    }
    return { read, written }
  }
}

class TextDecoder {
  readonly fatal: boolean
  readonly ignoreBOM: boolean

  constructor(
    label: unknown = "utf-8",
    options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}
  ) {
    const name = String(label).trim().toLowerCase()
    if (name !== "utf-8" && name !== "utf8" && name !== "unicode-1-1-utf-8") {
      throw new RangeErrorOf("only UTF-8 is offered in a sandbox")
    }
    this.fatal = options.fatal === true
    this.ignoreBOM = options.ignoreBOM === true
  }

  get encoding(): string {
    return "utf-8"
  }

  decode(input?: unknown, options: { readonly stream?: boolean } = {}): string {
    if (options.stream === true) throw new TypeErrorOf("a TextDecoder in a sandbox does not stream")
    const bytes = toBytes(input)
    const hasMark = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    const start = hasMark && !this.ignoreBOM ? 3 : 0
    const text = decodeUtf8(bytes, start, bytes.length)
    if (text !== undefined) return text
    if (this.fatal) throw new TypeErrorOf("the bytes are not UTF-8")
    return decodeLossy(bytes, start)
  }
}

function toBytes(input: unknown): Uint8Array {
  if (input === undefined) return new Uint8ArrayOf(0)
  if (isBytes(input)) return input
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
  if (input instanceof ArrayBuffer) return new Uint8Array(input)
  throw new TypeErrorOf("the input must be a buffer")
}

/** Each maximal part of a sequence that is not UTF-8 becomes one U+FFFD (WHATWG Encoding §UTF-8 decoder). */
function decodeLossy(bytes: Uint8Array, from: number): string {
  let text = ""
  let at = from
  while (at < bytes.length) {
    const size = sequenceSize(bytes, at)
    if (size > 0) {
      text += decodeUtf8(bytes, at, at + size) ?? "\ufffd"
      at += size
    } else {
      text += "\ufffd"
      at += -size
    }
  }
  return text
}

/** Bytes of the sequence at `at`; negative: that many bytes are not one. */
function sequenceSize(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]
  if (lead < 0x80) return 1
  const size =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
  if (size === 0) return -1
  for (let i = 1; i < size; i++) {
    const byte = at + i < bytes.length ? bytes[at + i] : 0
    const low = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    if (byte < low || byte > high) return -i
  }
  return size
}
