import { resolve } from "../../avro/resolve.ts"
import type { AvroType } from "../../avro/type.ts"
import type { ByteSink } from "../../record/byte-sink.ts"
import { CodecError } from "../codec-error.ts"
import { CodecFault } from "../runtime-fault.ts"
import { maxDatumBytes, ValueReader } from "../runtime-reader.ts"
import { ValueWriter } from "../runtime-writer.ts"
import type { AvroValue } from "../view.ts"
import { ReadSteps } from "./read-step.ts"
import { SkipSteps } from "./skip-step.ts"
import { type Target, WriteSteps } from "./write-step.ts"

/**
 * Avro's datum readers and writers: codecs that are closures over the schema rather than generated text. They are for
 * schemas that are known only at run time, such as a container file's, in the sandbox, where nothing can be made from text.
 * Values, checks, limits and faults are those of the generated codecs (view.ts), which are about twice as fast.
 */
export interface DatumReader {
  /** Reads `bytes[start, end)`, which must be one whole value. Throws a {@link CodecFault}. */
  readonly read: (bytes: Uint8Array, start: number, end: number) => AvroValue
  /** Reads the value that begins at `start`, and says where it ends: for values that stand in a row. Throws a {@link CodecFault}. */
  readonly readNext: (
    bytes: Uint8Array,
    start: number,
    end: number
  ) => { readonly value: AvroValue; readonly end: number }
  /**
   * Where the value that begins at `start` ends; looks at its lengths only, and so may find the end of one that `readNext`
   * refuses. Throws a {@link CodecFault}.
   */
  readonly skipNext: (bytes: Uint8Array, start: number, end: number) => number
}

export interface DatumWriter {
  /** Appends a value. Throws a {@link CodecFault}; the sink then holds part of the value: cut it back. */
  readonly write: (value: AvroValue, sink: ByteSink) => void
}

/**
 * A reader of values that were written with the schema `writer`, resolved to `reader`.
 * Throws a {@link CodecError} when no value can be: `UNRESOLVABLE`, with the reasons; `BAD_CHECK`, `BAD_DEFAULT`.
 */
export const datumReader = (writer: AvroType, reader: AvroType): DatumReader => {
  const plan = resolve(writer, reader)
  if ("errors" in plan) {
    const reasons = plan.errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))
    throw new CodecError("UNRESOLVABLE", "", reasons.join("; "))
  }
  const value = new ReadSteps().value(plan.ok)
  const skip = new SkipSteps().all([writer])
  const r = new ValueReader()
  return {
    read: (bytes, start, end) => {
      r.open(bytes, start, end)
      const found = value(r)
      r.close()
      return found
    },
    readNext: (bytes, start, end) => within(r, bytes, start, end, () => ({ value: value(r), end: r.at })),
    skipNext: (bytes, start, end) =>
      within(r, bytes, start, end, () => {
        skip?.(r)
        return r.at
      })
  }
}

/** Opens as much as one value may take; one that ends beyond it is too large, not cut off. */
const within = <A>(r: ValueReader, bytes: Uint8Array, start: number, end: number, run: () => A): A => {
  const limit = Math.min(end, start + maxDatumBytes)
  r.open(bytes, start, limit)
  try {
    return run()
  } catch (error) {
    if (limit === end || !(error instanceof CodecFault) || error.code !== "TRUNCATED") throw error
    throw new CodecFault("TOO_LARGE", 0, `a value of more than ${maxDatumBytes} bytes`)
  }
}

/** A writer of values of a type. Throws a {@link CodecError}: `BAD_CHECK`, `BAD_DEFAULT`. */
export const datumWriter = (type: AvroType): DatumWriter => {
  const write = new WriteSteps().value(type)
  const limits = new ValueWriter()
  return {
    write: (value, sink) => {
      const to: Target = { sink, limits }
      limits.open(sink)
      write(to, value)
      limits.close(sink)
    }
  }
}
