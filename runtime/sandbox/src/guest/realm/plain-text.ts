import { charCodeAt, hexOf, isObject, jsonText, makeList, stringSlice } from "./primordials.ts"

/** Longest error or log message that leaves the guest, in UTF-16 units. */
export const maxMessageLength = 4096

/**
 * Text that is safe to show on a line of a terminal or a log: control characters, among them line ends and ANSI's escape,
 * are written as `\\uXXXX`, the length is bounded, and half a surrogate pair is replaced.
 */
export function toPlainText(text: string, maxLength: number): string {
  const cut = text.length > maxLength
  const source = cut ? stringSlice(text, 0, maxLength) : text
  let plain = ""
  let from = 0
  for (let i = 0; i < source.length; i++) {
    const code = charCodeAt(source, i)
    if (code >= 0xd800 && code <= 0xdbff) {
      const next = i + 1 < source.length ? charCodeAt(source, i + 1) : 0
      if (next >= 0xdc00 && next <= 0xdfff) {
        i += 1
        continue
      }
    }
    if (
      (code >= 0x20 && code < 0x7f) ||
      (code > 0x9f && !(code >= 0xd800 && code <= 0xdfff) && !isInvisible(code))
    )
      continue
    plain += stringSlice(source, from, i) + escaped(code)
    from = i + 1
  }
  const whole = from === 0 ? source : plain + stringSlice(source, from)
  return cut ? whole + "…" : whole
}

/** Line separators and marks that turn the direction of text. */
function isInvisible(code: number): boolean {
  return (
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  )
}

function escaped(code: number): string {
  const hex = hexOf(code, 16)
  return "\\u" + stringSlice("0000", hex.length) + hex
}

/** What is known of a thrown value: text only, whatever it is. */
export interface ErrorText {
  readonly message: string
  /** `_tag` of a tagged error. */
  readonly tag: string | undefined
  /** V8's text of where it was made, cut short; undefined where there is none. */
  readonly stack: string | undefined
}

const maxStackLength = 1500

/** Reads a thrown value once; a getter or proxy that throws is answered with a fixed text. Never throws. */
export function readError(error: unknown): ErrorText {
  try {
    if (typeof error === "string") return textOnly(toPlainText(error, maxMessageLength))
    if (!isObject(error)) return textOnly(primitiveText(error))
    const tag = error["_tag"]
    const message = error["message"]
    return {
      message:
        typeof message === "string" && message !== ""
          ? toPlainText(message, maxMessageLength)
          : nameOf(error, tag),
      tag: typeof tag === "string" ? toPlainText(tag, 200) : undefined,
      stack: stackOf(error)
    }
  } catch {
    return textOnly("an error that cannot be read")
  }
}

function textOnly(message: string): ErrorText {
  return { message, tag: undefined, stack: undefined }
}

function stackOf(error: { readonly [name: string]: unknown }): string | undefined {
  try {
    const stack = error["stack"]
    return typeof stack === "string" ? toPlainText(stack, maxStackLength) : undefined
  } catch {
    return undefined
  }
}

function nameOf(error: { readonly [name: string]: unknown }, tag: unknown): string {
  if (typeof tag === "string") return toPlainText(tag, 200)
  const name = error["name"]
  return typeof name === "string" ? toPlainText(name, 200) : "an error without a message"
}

function primitiveText(value: unknown): string {
  if (value === undefined) return "undefined was thrown"
  if (value === null) return "null was thrown"
  if (typeof value === "symbol") return "a symbol was thrown"
  return (
    "" +
    (typeof value === "bigint"
      ? hexOf(0, 10) + "n"
      : typeof value === "boolean"
        ? value
          ? "true"
          : "false"
        : typeof value === "number"
          ? value
          : "")
  )
}

/** Builds JSON text by hand: `JSON.stringify` of an object would call a `toJSON` that a plugin planted. */
export class JsonWriter {
  private text = ""
  private separator = ""

  open(bracket: "{" | "["): this {
    this.text += this.separator + bracket
    this.separator = ""
    return this
  }

  close(bracket: "}" | "]"): this {
    this.text += bracket
    this.separator = ","
    return this
  }

  name(name: string): this {
    this.text += this.separator + jsonText(name) + ":"
    this.separator = ""
    return this
  }

  string(value: string | undefined): this {
    return this.raw(value === undefined ? "null" : jsonText(value))
  }

  number(value: number): this {
    // NaN and the infinities have no JSON.
    return this.raw(value - value === 0 ? "" + value : "null")
  }

  boolean(value: boolean): this {
    return this.raw(value ? "true" : "false")
  }

  /** `json` must be JSON text of our own making. */
  raw(json: string): this {
    this.text += this.separator + json
    this.separator = ","
    return this
  }

  get length(): number {
    return this.text.length
  }

  /** As it stands, to be written further on its own. */
  copy(): JsonWriter {
    const copy = new JsonWriter()
    copy.text = this.text
    copy.separator = this.separator
    return copy
  }

  toString(): string {
    return this.text
  }
}

/** A list that cannot be reached through prototypes, for what a run gathers. */
export function makeTextList(): string[] {
  return makeList<string>()
}
