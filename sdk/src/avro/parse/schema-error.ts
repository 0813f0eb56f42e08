/** Public: programs and the registry's table of errors go by these. */
export type AvroSchemaErrorCode =
  /** The text is not JSON. */
  | "AVRO_JSON"
  /** Too long, too deep, too many fields, branches, symbols or default values. */
  | "AVRO_LIMIT"
  /** An attribute that Avro defines is missing, of the wrong JSON type, or stands where it has no meaning. */
  | "AVRO_ATTRIBUTE"
  /** A name that Avro does not allow. */
  | "AVRO_NAME"
  /** Two types, fields, symbols or union branches of one name. */
  | "AVRO_DUPLICATE"
  /** A type name that is neither primitive nor defined before its use. */
  | "AVRO_UNKNOWN_TYPE"
  /** A union directly in a union. */
  | "AVRO_NESTED_UNION"
  /** A default that is no value of its type. */
  | "AVRO_DEFAULT"

export interface AvroSchemaFault {
  readonly code: AvroSchemaErrorCode
  /** Where in the schema's JSON: `fields[2].type.items`; empty for the whole. */
  readonly path: string
  readonly problem: string
  /** What to change, as one sentence. */
  readonly remedy: string
}

/** A schema that was refused: why, where, and what to do. The only error that reading a schema gives. */
export class AvroSchemaError extends Error {
  readonly _tag = "AvroSchemaError"
  readonly code: AvroSchemaErrorCode
  readonly path: string
  readonly remedy: string

  constructor(fault: AvroSchemaFault) {
    super(`${fault.path === "" ? "" : `at ${fault.path}: `}${fault.problem}. ${fault.remedy}`)
    this.name = "AvroSchemaError"
    this.code = fault.code
    this.path = fault.path
    this.remedy = fault.remedy
  }
}

/** Foreign text in a message: quoted, escaped, and never long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
