import { Schema } from "@millrace/sdk"
import type { Position } from "./position.ts"

/** A record that is larger is rejected. */
export const maxRecordBytes = 1024 * 1024

/** One record of a file: what it says, or why it says nothing. `at` is its line or number. */
export type Item =
  | { readonly at: number; readonly value: unknown; readonly raw: () => string }
  | { readonly at: number; readonly reason: string; readonly raw: () => string }

/** A piece of a file from `position` on. */
export interface Piece {
  readonly bytes: Uint8Array
  readonly position: Position
  /** Nothing follows. */
  readonly isLast: boolean
  readonly maxRecords: number
}

/** The records that a piece holds, and the position after them. */
export interface Cut {
  readonly items: readonly Item[]
  readonly position: Position
  /** The file holds no more. */
  readonly isDone: boolean
}

/** Cuts records out of a piece. Takes nothing of one that is not whole, unless it is the file's last or too large. */
export type CutPiece = (piece: Piece) => Cut

/** A file that is not of its format at all: nothing of it can be read. */
export class FileFormatError extends Schema.TaggedError<FileFormatError>()("FileFormatError", {
  file: Schema.String,
  message: Schema.String
}) {}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const lossy = new TextDecoder("utf-8", { ignoreBOM: true })

/** undefined when the bytes are not UTF-8. */
export const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** What a dead letter shows of bytes: the first of them as text, what is not UTF-8 as U+FFFD. */
export const rawOf = (bytes: Uint8Array) => (): string => lossy.decode(bytes.subarray(0, 65_536))

export const tooLarge = (at: number, bytes: Uint8Array): Item => ({
  at,
  reason: `it is larger than ${maxRecordBytes} bytes`,
  raw: rawOf(bytes.subarray(0, 1_024))
})

/** Bytes of a UTF-8 byte order mark, which some programs put before a text. */
export const markLength = (bytes: Uint8Array, offset: number): number =>
  offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
