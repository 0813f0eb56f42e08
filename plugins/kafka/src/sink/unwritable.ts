/** Why a record becomes a dead letter of the sink. Codes are public. */
export type UnwritableCode = "KAFKA_RECORD_TOO_LARGE" | "KAFKA_TIME_REFUSED" | "KAFKA_VALUE_REFUSED"

export class Unwritable extends Error {
  constructor(code: UnwritableCode | "KAFKA_TOMBSTONE", message: string) {
    super(`${code}: ${message}`)
  }
}
