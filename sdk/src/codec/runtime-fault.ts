/**
 * Why a value cannot be read or written. Stable codes:
 * reading: `TRUNCATED` · `TRAILING_BYTES` · `BAD_LENGTH` a negative or oversized length or count, or a block whose size is wrong ·
 * `BAD_UTF8` · `BAD_INDEX` of a union or enum · `BAD_BOOLEAN` · `UNRESOLVED` the reader's schema has no place for this value;
 * writing: `WRONG_TYPE`;
 * both: `OUT_OF_RANGE` · `TOO_MANY_ITEMS` · `TOO_DEEP` · `TOO_LARGE` · `CHECK_FAILED` a check of the contract.
 */
export type CodecFaultCode =
  | "TRUNCATED"
  | "TRAILING_BYTES"
  | "BAD_LENGTH"
  | "BAD_UTF8"
  | "BAD_INDEX"
  | "BAD_BOOLEAN"
  | "UNRESOLVED"
  | "WRONG_TYPE"
  | "OUT_OF_RANGE"
  | "TOO_MANY_ITEMS"
  | "TOO_DEEP"
  | "TOO_LARGE"
  | "CHECK_FAILED"

/**
 * Thrown by every codec for a value that does not fit. `path` is the field (`lines[2].price`; empty for the whole value),
 * `place` the byte offset in the value, -1 when writing. The message reads "at lines[2].price: expected a number, got a string".
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export class CodecFault extends Error {
  readonly _tag: "CodecFault"
  readonly code: CodecFaultCode
  readonly place: number
  readonly detail: string
  path: string

  constructor(code: CodecFaultCode, place: number, detail: string) {
    super(detail)
    this._tag = "CodecFault"
    this.code = code
    this.place = place
    this.detail = detail
    this.path = ""
  }
}

const maxPathLength = 500

/** What a generated function throws on: the fault, with the step that was being taken put before its path. */
export function faultWithin(error: unknown, step: string): unknown {
  if (!(error instanceof CodecFault)) return error
  const path = error.path
  if (path.length < maxPathLength) {
    error.path = step + (path === "" || step === "" || path[0] === "[" || path[0] === "{" ? path : "." + path)
    error.message = error.path === "" ? error.detail : "at " + error.path + ": " + error.detail
  }
  return error
}

/** A map's key as a step of a path, shortened. */
export function mapStep(key: string): string {
  return "{" + (key.length > 40 ? key.slice(0, 40) + "…" : key) + "}"
}

export function isCodecFault(error: unknown): boolean {
  return error instanceof CodecFault
}
