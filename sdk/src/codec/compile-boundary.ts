import type { AvroType } from "../avro/type.ts"
import type { ByteSink } from "../record/byte-sink.ts"
import { generateKey, generateKeyOf, generateMapKey } from "./generate-key.ts"
import { generateReader, generateValue, generateWriter } from "./generate-value.ts"
import { generateView } from "./generate-view.ts"
import type { PassText } from "./pass/generate-pass.ts"
import { codecRuntime } from "./runtime.ts"
import type { AvroValue, View } from "./view.ts"

/**
 * Codecs for the host: the generated texts, evaluated here. The texts hold nothing from a schema but literals (see
 * code-builder.ts), so evaluating one runs no foreign code. All members throw a {@link CodecFault} for what does not fit.
 */
export interface ValueReaderCodec {
  /** Reads `bytes[start, end)`, which must be one whole value. */
  readonly read: (bytes: Uint8Array, start: number, end: number) => AvroValue
}

export interface ValueWriterCodec {
  /** Appends a value. After a fault the sink holds part of it: cut it back. */
  readonly write: (value: AvroValue, sink: ByteSink) => void
}

export interface ValueCodec extends ValueReaderCodec, ValueWriterCodec {}

/** Who keeps the copies of records that are patched. */
export interface PatchTarget {
  /** Writes what `part` holds over the bytes that begin at `at`, of which there are as many. */
  readonly patch: (at: number, part: ByteSink) => void
}

export interface ViewCodec extends ValueReaderCodec {
  /** Appends the output record to the body's result for the record read last. Absent for `same` and `none`. */
  readonly spliceLast?: (bytes: Uint8Array, result: AvroValue, sink: ByteSink) => void
  /** The same for any record: it is walked again. */
  readonly splice?: (bytes: Uint8Array, start: number, end: number, result: AvroValue, sink: ByteSink) => void
  /** Appends the result, which is whole, as the output record, for the record read last. For views that `echoes` has a schema of. */
  readonly echoLast?: (bytes: Uint8Array, result: AvroValue, sink: ByteSink) => void
  /** Gives what differs in the output of the record read last to a copy of its bytes; false where they do not fit: see {@link generateView}. */
  readonly patchLast?: (result: AvroValue, scratch: ByteSink, out: PatchTarget, shift: number) => boolean
}

export interface KeyCodec {
  readonly key: (bytes: Uint8Array, start: number, end: number) => Uint8Array | null
}

export interface KeyOfCodec {
  readonly keyOf: (value: AvroValue) => Uint8Array | null
}

export interface MapKeyCodec {
  readonly toKey: (value: AvroValue) => Uint8Array
  readonly fromKey: (bytes: Uint8Array) => AvroValue
}

export function compileView(view: View): ViewCodec {
  return evaluate(generateView(view)) as ViewCodec
}

export function compileReader(writer: AvroType, reader: AvroType): ValueReaderCodec {
  return evaluate(generateReader(writer, reader)) as ValueReaderCodec
}

export function compileWriter(type: AvroType): ValueWriterCodec {
  return evaluate(generateWriter(type)) as ValueWriterCodec
}

export function compileValue(type: AvroType): ValueCodec {
  return evaluate(generateValue(type)) as ValueCodec
}

export function compileKey(type: AvroType, fields: readonly string[]): KeyCodec {
  return evaluate(generateKey(type, fields)) as KeyCodec
}

export function compileKeyOf(types: readonly AvroType[]): KeyOfCodec {
  return evaluate(generateKeyOf(types)) as KeyOfCodec
}

export function compileMapKey(type: AvroType): MapKeyCodec {
  return evaluate(generateMapKey(type)) as MapKeyCodec
}

/** What `generatePass` makes, as the harness calls it. */
export interface PassCodec {
  readonly link: (steps: readonly StepCodec[]) => void
  readonly begin: () => void
  readonly run: (bytes: Uint8Array, start: number, end: number, origin: number) => number
  readonly write: (bytes: Uint8Array, sink: ByteSink) => boolean
  readonly size: (step: number) => number
  readonly isWhole: boolean
}

export interface StepCodec {
  readonly open: (call: (value: AvroValue, origin: number) => unknown, isMap: boolean) => void
  readonly isSame: boolean
  readonly begin: (bytes: Uint8Array) => void
}

/** Linked, ready to be opened. */
export function compilePass(text: PassText): {
  readonly pass: PassCodec
  readonly steps: readonly StepCodec[]
} {
  const steps = text.steps.map((step) => evaluate(step) as StepCodec)
  const pass = evaluate(text.pass) as PassCodec
  pass.link(steps)
  return { pass, steps }
}

function evaluate(text: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the codec compiler's purpose
  const make = new Function(`return ${text}`) as () => (runtime: typeof codecRuntime) => unknown
  return make()(codecRuntime)
}
