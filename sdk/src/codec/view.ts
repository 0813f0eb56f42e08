import type { AvroType, RecordType } from "../avro/type.ts"

/**
 * What a plugin sees of a record and what leaves it: the one form to which closed, open and derived contracts come
 * down before a codec is generated. Made by the planner (and by the testing kit) from a manifest and the writer schema.
 *
 * - closed: `value: "whole"`, reads = the reader contract, `output: "none"`, for its writer writes it; `echoes` = the output;
 * - open: reads = the declared fields, output = the writer's record less `drops`, with `updates` and `adds`,
 *   copies = every field that is neither;
 * - derived: what the plugin's `derive` answered;
 * - a filter, and any node that passes records on unchanged: `output: "same"`.
 */
export interface View {
  /** The schema that the bytes were written with. */
  readonly writer: AvroType
  readonly reads: Reads
  /** `same`: the value's bytes pass unchanged. Else the record that is written. `none`: the node has no output (a sink). */
  readonly output: "same" | "none" | OutputView
  /** With `output: "none"`: the record that the body's result is written as, by a writer of its own or, for the record read last, by the view. */
  readonly echoes?: RecordType
}

export type Reads =
  /** The whole value, resolved from the writer's schema to the reader's. */
  | { readonly form: "whole"; readonly reader: AvroType }
  /** Some fields of a record, as a plain object; each resolved from the writer's field to `type`. */
  | { readonly form: "fields"; readonly fields: readonly ReadField[] }

export interface ReadField {
  /** The property that the body sees. */
  readonly as: string
  /** The writer's field. */
  readonly field: string
  readonly type: AvroType
}

export interface OutputView {
  readonly schema: RecordType
  /** Output field -> writer's field, copied as bytes; both must have the same schema. All other fields come from the body's result. */
  readonly copies: { readonly [outputField: string]: string }
  /** Output field -> property of the body's result, where they differ (`field()` in a contract). */
  readonly from?: { readonly [outputField: string]: string }
}

/**
 * How Avro values look in JavaScript, in bodies, expressions, JSON and tests alike:
 * null, boolean, int, float, double: as they are · long: a number, refused beyond 2^53-1, or a bigint where the reader's
 * type has the attribute `"millrace.js": "bigint"` · bytes, fixed: Uint8Array · string, uuid: string · enum: its symbol ·
 * decimal: a string in plain notation with exactly `scale` fraction digits ("12.30") · date: days since 1970-01-01 ·
 * time-*, timestamp-*, local-timestamp-*: a number in the type's own unit · duration: { months, days, milliseconds } ·
 * array: Array · map: an object with a null prototype · record: a plain object · union: the branch's value itself.
 * A union's branch is chosen when writing by the first that the value fits.
 */
export type AvroValue = unknown
