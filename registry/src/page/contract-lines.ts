import { type AvroType, label, parseAvro } from "@millrace/sdk/avro"
import type { PluginManifest } from "@millrace/sdk/manifest"

/** An input, output or lookup table in a few lines for people. */
export interface ContractLine {
  readonly title: string
  /** A field each: `year: int`. */
  readonly fields: readonly string[]
}

type Input = PluginManifest["inputs"][number]
type Output = PluginManifest["outputs"][number]
type Contract = Input["contract"] | Output["contract"]

/** What a plugin takes and gives. */
export const contractLines = (plugin: PluginManifest): readonly ContractLine[] => [
  ...plugin.inputs.map(({ contract, name }) => line("Input", name, contract)),
  ...plugin.tables.map(({ contract, name }) => line("Lookup table", name, contract)),
  ...plugin.outputs.map(({ contract, name }) => line("Output", name, contract))
]

const line = (what: string, name: string, contract: Contract): ContractLine => {
  const title = `${what} ${name}`
  switch (contract.form) {
    case "closed": {
      const key = contract.key.length === 0 ? "" : `, by ${contract.key.join(", ")}`
      return { title: `${title}: ${contract.subject}${key}`, fields: fieldsOf(contract.schema) }
    }
    case "same":
      return { title: `${title}: as it came`, fields: [] }
    case "derived":
      return { title: `${title}: settled when a pipeline is planned`, fields: [] }
    case "open":
      return { title: `${title}: any record with these fields`, fields: openFields(contract) }
  }
}

const openFields = (contract: Extract<Contract, { readonly form: "open" }>): readonly string[] =>
  "reads" in contract
    ? contract.reads.map(({ from, schema }) => `reads ${fieldName(from)}: ${typeLabel(schema)}`)
    : [
        ...contract.adds.map(({ field, schema }) => `adds ${fieldName(field)}: ${typeLabel(schema)}`),
        ...contract.updates.map((name) => `updates ${name}`),
        ...contract.drops.map((field) => `drops ${fieldName(field)}`)
      ]

const fieldName = (reference: { readonly field: string } | { readonly config: string }): string =>
  "field" in reference ? reference.field : `the field that config${reference.config} names`

const parsed = (schema: unknown): AvroType | undefined => {
  const result = parseAvro(schema)
  return "ok" in result ? result.ok : undefined
}

const typeLabel = (schema: unknown): string => {
  const type = parsed(schema)
  return type === undefined ? "?" : label(type)
}

const fieldsOf = (schema: unknown): readonly string[] => {
  const type = parsed(schema)
  if (type === undefined) return []
  if (type.kind !== "record") return [label(type)]
  return type.fields.map((field) => `${field.name}: ${label(field.type)}`)
}
