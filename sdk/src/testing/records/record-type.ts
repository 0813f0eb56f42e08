import * as Schema from "effect/Schema"
import { parseAvro } from "../../avro/parse/parse.ts"
import type { RecordType } from "../../avro/type.ts"
import { toAvro } from "../../contract/to-avro.ts"
import type { AnyContract } from "../../plugin/contract.ts"
import { TestError } from "../test-error.ts"

/** What records can be made of: a contract, an Avro record schema in JSON form, or a parsed one. */
export type RecordSource = AnyContract | RecordType | object

/** The Avro record of a source. Throws a TestError `SETUP` for what is no record schema. */
export const recordTypeOf = (source: RecordSource): RecordType => {
  if (isRecordType(source)) return source
  if (isContract(source)) return checked(toAvro(source, { name: nameOf(source.subject) }))
  const parsed = parseAvro(source)
  if ("error" in parsed)
    throw new TestError({ code: "SETUP", message: `the schema: ${parsed.error.message}` })
  return checked(parsed.ok)
}

export const isContract = (source: object): source is AnyContract =>
  Schema.isSchema(source) && "subject" in source && "key" in source

const nameOf = (subject: string): string => subject.replaceAll(/[^A-Za-z0-9_.]/g, "_")

const checked = (type: unknown): RecordType => {
  if (isRecordType(type)) return type
  throw new TestError({ code: "SETUP", message: "a stream's schema is of a record" })
}

const isRecordType = (type: unknown): type is RecordType =>
  typeof type === "object" && type !== null && "kind" in type && type.kind === "record" && "fields" in type
