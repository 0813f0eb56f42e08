import type * as Schema from "effect/Schema"

import { qualify } from "../avro/parse/name.ts"
import { typeAnnotations } from "./avro-annotations.ts"

/** A name of ours as one in Avro: `movies-per-director` is `movies_per_director`. */
export const avroName = (name: string): string =>
  name
    .split(".")
    .map((part) => part.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9]|$)/, "_"))
    .join(".")

/** The full name of a contract's record: its own `avro.name`, for a schema that came with one, else the subject. */
export const recordName = (contract: Schema.Top, subject: string): string => {
  const said = typeAnnotations(contract.ast)
  const own = said["avro.name"]
  return own === undefined ? avroName(subject) : qualify(own, said["avro.namespace"] ?? "")
}
