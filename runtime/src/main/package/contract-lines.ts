import { type AvroType, label, type NamedType, parseAvro, type RecordType } from "@millrace/sdk/avro"
import type { PackageManifest } from "@millrace/sdk/manifest"

type Plugin = PackageManifest["plugins"][number]
type Contract = Plugin["inputs" | "outputs"][number]["contract"]

/** A contract in readable form: its subject and key, then a line for each field, records within records indented. */
export const contractLines = (contract: Contract): readonly string[] => {
  switch (contract.form) {
    case "closed":
      return [
        `records of ${contract.subject}${contract.key.length === 0 ? "" : `, keyed by ${contract.key.join(", ")}`}`,
        ...schemaLines(contract.schema).map((line) => `  ${line}`)
      ]
    case "open":
      return "reads" in contract ? openReads(contract) : openChanges(contract)
    case "derived":
      return ["whatever its config says"]
    case "same":
      return ["the record that came in, unchanged"]
  }
}

type OpenInput = Extract<Contract, { readonly reads: unknown }>
type OpenOutput = Extract<Contract, { readonly adds: unknown }>

const openReads = ({ reads }: OpenInput): readonly string[] =>
  reads.length === 0
    ? ["any record"]
    : ["any record that has", ...reads.map((field) => `  ${fieldLine(field.from, field.schema)}`)]

const openChanges = ({ adds, drops, updates }: OpenOutput): readonly string[] => {
  const changes = [
    ...adds.map(({ field, schema }) => `  + ${fieldLine(field, schema)}`),
    ...updates.map((name) => `  ~ ${name}`),
    ...drops.map((field) => `  - ${nameOf(field)}`)
  ]
  return ["the record that came in", ...changes]
}

type FieldName = { readonly field: string } | { readonly config: string }

const nameOf = (name: FieldName): string =>
  "field" in name ? name.field : `the field that ${name.config} names`

const fieldLine = (name: FieldName, schema: unknown): string => {
  const parsed = parseAvro(schema)
  return `${nameOf(name)}: ${"ok" in parsed ? typeLabel(parsed.ok) : "any"}`
}

/** Fields of a schema, one a line; each named record once. */
export const schemaLines = (schema: unknown): readonly string[] => {
  const parsed = parseAvro(schema)
  if (!("ok" in parsed)) return ["a schema that cannot be read"]
  return parsed.ok.kind === "record" ? recordLines(parsed.ok, new Set(), 0) : [typeLabel(parsed.ok)]
}

const maxDepth = 6

const recordLines = (record: RecordType, seen: Set<NamedType>, depth: number): readonly string[] => {
  if (seen.has(record) || depth > maxDepth) return []
  seen.add(record)
  return record.fields.flatMap((field) => [
    `${field.name}: ${typeLabel(field.type)}${field.doc === undefined ? "" : `   ${field.doc.replaceAll(/\s+/g, " ")}`}`,
    ...recordsIn(field.type).flatMap((inner) =>
      recordLines(inner, seen, depth + 1).map((line) => `  ${line}`)
    )
  ])
}

const recordsIn = (type: AvroType): readonly RecordType[] => {
  switch (type.kind) {
    case "record":
      return [type]
    case "union":
      return type.branches.flatMap(recordsIn)
    case "array":
      return recordsIn(type.items)
    case "map":
      return recordsIn(type.values)
    default:
      return []
  }
}

/** A union with null is told as "or null", an enum with its first symbols. */
const typeLabel = (type: AvroType): string => {
  if (type.kind === "enum") {
    const shown = type.symbols.slice(0, 6).join(", ")
    return `one of ${shown}${type.symbols.length > 6 ? ", …" : ""}`
  }
  if (type.kind !== "union") return label(type)
  const others = type.branches.filter(({ kind }) => kind !== "null")
  const text = others.map(typeLabel).join(" or ")
  return others.length < type.branches.length ? `${text} or null` : text
}
