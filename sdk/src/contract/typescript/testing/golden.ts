import * as Schema from "effect/Schema"

import { parseAvroOrThrow } from "../../../avro/parse/parse.ts"
import type { RecordType } from "../../../avro/type.ts"
import { contractModule } from "../contract-module.ts"

const Golden = Schema.fromJsonString(
  Schema.Struct({ subject: Schema.String, key: Schema.Array(Schema.String), schema: Schema.Unknown })
)

export interface GoldenModule {
  readonly subject: string
  readonly schema: RecordType
  readonly text: string
}

/** The module of a subject that is written down as JSON. */
export const goldenModule = (json: string): GoldenModule => {
  const { key, schema: written, subject } = Schema.decodeUnknownSync(Golden)(json)
  const schema = parseAvroOrThrow(written)
  if (schema.kind !== "record") throw new Error(`${subject} is no record`)
  const text = contractModule({ subject, schema, key, origin: `${subject}, version 1` })
  return { subject, schema, text }
}
