import { createHash } from "node:crypto"
import { parseAvro, type RecordType, schemaText, toJson } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** A schema that a contract can have, with its identity. */
export interface ContractSchema {
  readonly type: RecordType
  readonly sha256: string
}

/** Reads a schema that came from outside; `where` names it in what is said of it. Only records have contracts. */
export const contractSchema = Effect.fnUntraced(function* (schema: unknown, where: string) {
  const parsed = parseAvro(schema)
  if ("error" in parsed) {
    const { message, path, remedy } = parsed.error
    return yield* new CommandError({
      code: "SCHEMA_INVALID",
      message: `the Avro schema is refused: ${message}`,
      where: path === "" ? where : `${where} (${path})`,
      remedy: remedy === "" ? "correct it there" : remedy,
      exit: exitCode.badInput
    })
  }
  const type = parsed.ok
  if (type.kind === "record") return { type, sha256: sha256Of(type) } satisfies ContractSchema
  return yield* new CommandError({
    code: "CONTRACT_NOT_RECORD",
    message: `the schema is of type ${type.kind}; a contract is of records`,
    where,
    remedy: "choose a subject whose schema is a record",
    exit: exitCode.badInput
  })
})

/** SHA-256 of the schema's text: a schema's identity. */
const sha256Of = (type: RecordType): string => createHash("sha256").update(schemaText(type)).digest("hex")

/** The schema as it stands in the lock. */
export const schemaJson = (type: RecordType) => toJson(type)
