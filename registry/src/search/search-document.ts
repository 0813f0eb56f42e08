import type { SearchHit } from "@millrace/sdk/api"
import { type AvroType, parseAvro } from "@millrace/sdk/avro"
import type { PackageManifest } from "@millrace/sdk/manifest"

type Where = SearchHit["matches"][number]["in"]

/** What is searched of a package or a subject: texts by where they stand. */
export interface SearchDocument extends Omit<SearchHit, "matches" | "deprecated"> {
  readonly texts: readonly { readonly in: Where; readonly text: string; readonly folded: string }[]
}

const maxTexts = 2000

const texts = (entries: readonly (readonly [Where, string | undefined])[]): SearchDocument["texts"] =>
  entries
    .filter((entry): entry is readonly [Where, string] => entry[1] !== undefined && entry[1] !== "")
    .slice(0, maxTexts)
    .map(([where, text]) => ({ in: where, text, folded: text.toLowerCase() }))

/** A package by one of its versions. */
export const packageDocument = (manifest: PackageManifest): SearchDocument => ({
  kind: "package",
  name: manifest.name,
  version: manifest.version,
  description: manifest.description ?? null,
  plugins: manifest.plugins.map(({ kind, name }) => ({ name, kind })),
  texts: texts([
    ["name", manifest.name],
    ["description", manifest.description],
    ...manifest.plugins.flatMap((plugin): (readonly [Where, string | undefined])[] => [
      ["plugin", plugin.name],
      ["description", plugin.description],
      ...[...plugin.inputs, ...plugin.outputs, ...plugin.tables].flatMap(({ contract }) =>
        contractTexts(contract)
      ),
      ...configKeys(plugin.config).map((key): readonly [Where, string] => ["config", key])
    ])
  ])
})

/** A subject by its newest version. */
export const subjectDocument = (subject: string, version: number, schema: string): SearchDocument => {
  const parsed = parseAvro(schema)
  const type = "ok" in parsed ? parsed.ok : undefined
  const doc = type !== undefined && "doc" in type ? type.doc : undefined
  return {
    kind: "contract",
    name: subject,
    version: String(version),
    description: doc ?? null,
    plugins: [],
    texts: texts([["name", subject], ["description", doc], ...(type === undefined ? [] : fieldTexts(type))])
  }
}

type Contract = PackageManifest["plugins"][number]["inputs" | "outputs"][number]["contract"]

/** Fields by the names that a stream must have, or gets. */
const contractTexts = (contract: Contract): readonly (readonly [Where, string | undefined])[] => {
  switch (contract.form) {
    case "closed": {
      const parsed = parseAvro(contract.schema)
      return [["name", contract.subject], ...("ok" in parsed ? fieldTexts(parsed.ok) : [])]
    }
    case "open":
      return ["reads" in contract ? contract.reads : contract.adds].flat().map(({ as }) => ["field", as])
    default:
      return []
  }
}

const fieldTexts = (
  type: AvroType,
  seen = new Set<AvroType>()
): readonly (readonly [Where, string | undefined])[] => {
  if (seen.has(type)) return []
  seen.add(type)
  switch (type.kind) {
    case "record":
      return type.fields.flatMap((field): (readonly [Where, string | undefined])[] => [
        ["field", field.name],
        ["doc", field.doc],
        ...fieldTexts(field.type, seen)
      ])
    case "union":
      return type.branches.flatMap((branch) => fieldTexts(branch, seen))
    case "array":
      return fieldTexts(type.items, seen)
    case "map":
      return fieldTexts(type.values, seen)
    default:
      return []
  }
}

const configKeys = (schema: unknown): readonly string[] => {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return []
  const { properties } = schema
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : []
}
