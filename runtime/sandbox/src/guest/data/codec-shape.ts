import type { ByteSink } from "@millrace/sdk/record"

/**
 * What the texts that `@millrace/sdk/codec` and `@millrace/sdk/expression` generate evaluate to, once they were given the
 * codec runtime. They come from the worker and were made from checked names.
 */
export interface GuestView {
  readonly read: (bytes: Uint8Array, start: number, end: number) => unknown
  /** Writes the output of the record that was read last. */
  readonly spliceLast?: (bytes: Uint8Array, result: unknown, sink: ByteSink) => void
  /** Writes the output of a record whose bytes are given; absent for views with `same` or `none`. */
  readonly splice?: (bytes: Uint8Array, start: number, end: number, result: unknown, sink: ByteSink) => void
  /** Writes a whole result, of a node with one output that has a writer, for the record that was read last: less work than that writer has. */
  readonly echoLast?: (bytes: Uint8Array, result: unknown, sink: ByteSink) => void
  /** Gives what differs in the output of the record that was read last to a copy of it, `shift` bytes further; false where that does not fit. */
  readonly patchLast?: (result: unknown, scratch: ByteSink, out: GuestPatchTarget, shift: number) => boolean
}
/** The codec's `PatchTarget`. */
export interface GuestPatchTarget {
  readonly patch: (at: number, part: ByteSink) => void
}
export interface GuestWriter {
  readonly write: (value: unknown, sink: ByteSink) => void
}
export interface GuestValueCodec extends GuestWriter {
  readonly read: (bytes: Uint8Array, start: number, end: number) => unknown
}
export interface GuestKey {
  readonly key: (bytes: Uint8Array, start: number, end: number) => Uint8Array | null
}
export interface GuestKeyOf {
  readonly keyOf: (value: unknown) => Uint8Array | null
}
export interface GuestMapKey {
  readonly toKey: (value: unknown) => Uint8Array
  readonly fromKey: (key: Uint8Array) => unknown
}

/** Of the pass that a node is the first of, what `generatePass` made. */
export interface GuestPass {
  readonly link: (steps: readonly GuestStep[]) => void
  /** Forgets what was counted. */
  readonly begin: () => void
  /** How many steps let the record pass; -1: one cannot. */
  readonly run: (bytes: Uint8Array, start: number, end: number, origin: number) => number
  readonly write: (bytes: Uint8Array, sink: ByteSink) => boolean
  /** Bytes of the values that a step gave. */
  readonly size: (step: number) => number
  /** What comes out is what went in. */
  readonly isWhole: boolean
}
/** Of a node of a pass, what `generatePass` made of it; besides, `writeN` of each field that it writes. */
export interface GuestStep {
  /** `isMap`: what it answers is no verdict. */
  readonly open: (call: (value: unknown, origin: number) => unknown, isMap: boolean) => void
  /** It gives records as they are. */
  readonly isSame: boolean
  readonly begin: (bytes: Uint8Array) => void
  readonly run: (origin: number, start: number, end: number, ...places: readonly number[]) => number
}
