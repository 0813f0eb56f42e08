/** One thing in a schema that has no Avro form. */
export interface AvroFormOffence {
  /** Where in the schema: `director.born`, `lines[]`, `prices{}`; empty for the whole. */
  readonly path: string
  readonly problem: string
  readonly remedy: string
}

const line = (offence: AvroFormOffence): string =>
  `${offence.path === "" ? "" : `at ${offence.path}: `}${offence.problem}. ${offence.remedy}`

/** A schema that cannot be written as Avro: every offence at once, each with its place and its remedy. */
export class AvroFormError extends Error {
  readonly _tag = "AvroFormError"
  readonly code = "CONTRACT_WITHOUT_AVRO_FORM"
  readonly offences: readonly AvroFormOffence[]

  constructor(offences: readonly AvroFormOffence[]) {
    super(offences.map(line).join("\n"))
    this.name = "AvroFormError"
    this.offences = offences
  }
}
