import type {
  AvroType,
  EnumType,
  FixedType,
  Json,
  MapType,
  PrimitiveType,
  RecordType,
  UnionType,
  ArrayType
} from "./type.ts"

/**
 * How values of one schema (the writer's) are read as another (the reader's): a plan as data, made once a schema pair by
 * `resolve` and turned into code by the codec compiler. (Avro 1.12 §Schema Resolution)
 *
 * Recursive schemas give a cyclic plan: a pair of record types has exactly one `record` node within a plan, and every
 * cycle passes through one. Walk it with a set of the record nodes already seen.
 */
export type Resolution =
  | PrimitiveResolution
  | PromoteResolution
  | RecordResolution
  | EnumResolution
  | FixedResolution
  | ArrayResolution
  | MapResolution
  | WriterUnionResolution
  | ReaderUnionResolution
  | ErrorResolution

/** Both are of the same primitive kind. The look of the value (logical type, `millrace.js`) is the reader's. */
export interface PrimitiveResolution {
  readonly action: "primitive"
  readonly writer: PrimitiveType
  readonly reader: PrimitiveType
}

/** int -> long, float, double · long -> float, double · float -> double · string <-> bytes. */
export interface PromoteResolution {
  readonly action: "promote"
  readonly writer: PrimitiveType
  readonly reader: PrimitiveType
}

export interface RecordResolution {
  readonly action: "record"
  readonly writer: RecordType
  readonly reader: RecordType
  /** One step for each field of the writer, in the writer's order: what to do with the bytes that come next. */
  readonly steps: readonly FieldStep[]
  /** The reader's fields that the writer does not have, in the reader's order. */
  readonly defaults: readonly FieldDefault[]
}

export type FieldStep =
  | {
      readonly step: "read"
      readonly writerIndex: number
      readonly readerIndex: number
      readonly value: Resolution
    }
  | { readonly step: "skip"; readonly writerIndex: number; readonly type: AvroType }

export interface FieldDefault {
  readonly readerIndex: number
  /** The reader's field type; a default of a union may be of any of its branches. */
  readonly type: AvroType
  /**
   * As in the schema's JSON, checked against `type` when the schema was parsed, every field of every record in it filled in
   * from its own default. Bytes and fixed are code points 0-255; float and double may be "NaN", "Infinity", "-Infinity";
   * a union's value is of the first branch that takes it (`branchOfDefault`).
   */
  readonly value: Json
}

export interface EnumResolution {
  readonly action: "enum"
  readonly writer: EnumType
  readonly reader: EnumType
  /**
   * Writer's symbol index -> reader's symbol index (its default's where the symbol is unknown to the reader), or -1 when
   * the reader has neither: an error when such a value is met.
   */
  readonly symbols: readonly number[]
}

/** Same size. The look of the value is the reader's. */
export interface FixedResolution {
  readonly action: "fixed"
  readonly writer: FixedType
  readonly reader: FixedType
}

export interface ArrayResolution {
  readonly action: "array"
  readonly writer: ArrayType
  readonly reader: ArrayType
  readonly items: Resolution
}

export interface MapResolution {
  readonly action: "map"
  readonly writer: MapType
  readonly reader: MapType
  readonly values: Resolution
}

/** The writer's is a union: a branch index is read, then that branch. A branch that the reader cannot take is an `error` node. */
export interface WriterUnionResolution {
  readonly action: "writerUnion"
  readonly writer: UnionType
  readonly branches: readonly Resolution[]
}

/** The reader's is a union and the writer's is not (or is one branch of the writer's union): no bytes of its own. */
export interface ReaderUnionResolution {
  readonly action: "readerUnion"
  readonly reader: UnionType
  readonly branch: number
  readonly value: Resolution
}

/** Stands only directly in `writerUnion.branches`: a value of this branch is refused with `message`. */
export interface ErrorResolution {
  readonly action: "error"
  readonly problems: readonly ResolutionProblem[]
  readonly message: string
}

/** Names as in Avro's Java library and Confluent's registry, and one of ours: LOGICAL_TYPE_MISMATCH. */
export type ResolutionProblemKind =
  | "NAME_MISMATCH"
  | "FIXED_SIZE_MISMATCH"
  | "MISSING_ENUM_SYMBOLS"
  | "READER_FIELD_MISSING_DEFAULT_VALUE"
  | "TYPE_MISMATCH"
  | "MISSING_UNION_BRANCH"
  | "LOGICAL_TYPE_MISMATCH"

export interface ResolutionProblem {
  readonly kind: ResolutionProblemKind
  /** Where in the reader's schema: `address.lines[].text`, `prices{}`; empty for the whole; a union adds nothing. */
  readonly path: string
  /** One sentence, that names both sides. */
  readonly message: string
}

/**
 * `ok`: the plan; `partial` then lists what only some values would meet (a branch of the writer's union, a symbol of its
 * enum), which reading accepts and a compatibility check does not. `errors`: no value can be read; all are listed.
 */
export type ResolutionResult =
  | { readonly ok: Resolution; readonly partial: readonly ResolutionProblem[] }
  | { readonly errors: readonly ResolutionProblem[] }
