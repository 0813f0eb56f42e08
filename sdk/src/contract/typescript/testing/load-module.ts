import * as Schema from "effect/Schema"

import type { AvroType } from "../../../avro/type.ts"
import { recordName } from "../../record-name.ts"
import { toAvro } from "../../to-avro.ts"

/** Loads a generated module and answers the schema that a manifest would hold of its contract. */
export const contractIn = async (file: string, subject: string): Promise<AvroType> => {
  const module: unknown = await import(file)
  const found = Object.values(module ?? {}).find(
    (value) => Schema.isSchema(value) && "subject" in value && value.subject === subject
  )
  if (!Schema.isSchema(found)) throw new Error(`${file} has no contract of ${subject}`)
  return toAvro(found, { name: recordName(found, subject) })
}
