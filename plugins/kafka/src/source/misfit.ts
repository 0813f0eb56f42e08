/** Why a record of the topic becomes a dead letter. Codes are public. */
export type MisfitCode =
  | "KAFKA_NOT_UTF8"
  | "KAFKA_NOT_JSON"
  | "KAFKA_NO_SCHEMA_ID"
  | "KAFKA_SCHEMA_UNKNOWN"
  | "KAFKA_SCHEMA_MISFIT"
  | "KAFKA_VALUE_MISFIT"
  | "KAFKA_KEY_MISFIT"
  | "KAFKA_TOMBSTONE"

export class Misfit extends Error {
  readonly code: MisfitCode
  constructor(code: MisfitCode, message: string) {
    super(message)
    this.code = code
  }
}
