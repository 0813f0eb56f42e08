import { diffSchemas, renderChanges, type SchemaChange } from "../../avro/difference.ts"
import { parseAvro } from "../../avro/parse/parse.ts"
import { resolve } from "../../avro/resolve.ts"
import { sameType } from "../../avro/same.ts"
import type { AvroType } from "../../avro/type.ts"
import { adoptNames } from "../adopt-names.ts"
import { sameJson } from "./same-json.ts"

/** Who reads whom after an upgrade: a new input reads yesterday's records, yesterday's readers read the new output. */
export type Direction = "new reads old" | "old reads new"

/** How one Avro schema follows another. */
export type SchemaStep =
  | { readonly step: "same" }
  /** It goes on; what differs, in lines for people; `isTold`: only in what it tells people. */
  | {
      readonly step: "compatible"
      readonly changes: readonly { readonly line: string; readonly isTold: boolean }[]
    }
  | { readonly step: "broken"; readonly problems: readonly string[] }

const maxLines = 20

/** Compares two schemas by structure, as pipelines join them: what types are called does not matter. */
export const schemaStep = (before: unknown, after: unknown, direction: Direction): SchemaStep => {
  if (sameJson(before, after)) return { step: "same" }
  const old = parseAvro(before)
  const fresh = parseAvro(after)
  if ("error" in old || "error" in fresh) return { step: "broken", problems: ["the schema cannot be read"] }
  const problems = direction === "new reads old" ? problemsOf(old.ok, fresh.ok) : problemsOf(fresh.ok, old.ok)
  if (problems.length > 0) return { step: "broken", problems: problems.slice(0, maxLines) }
  if (sameType(old.ok, fresh.ok)) return { step: "same" }
  const changes = diffSchemas(old.ok, fresh.ok).map((each) => ({
    line: renderChanges([each]),
    isTold: isTold(each)
  }))
  return { step: "compatible", changes: changes.slice(0, maxLines) }
}

const problemsOf = (writer: AvroType, reader: AvroType): readonly string[] => {
  const result = resolve(writer, adoptNames(writer, reader))
  const problems = "errors" in result ? result.errors : result.partial
  return problems.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`))
}

const isTold = ({ change }: SchemaChange): boolean => change === "docChanged"
