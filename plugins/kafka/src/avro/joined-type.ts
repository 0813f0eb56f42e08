import type { Http } from "@millrace/sdk"
import { assembleSchema, type AvroType, type Json, parseAvro } from "@millrace/sdk/avro"
import { type KeptSchema, schemaOfVersion } from "./ask-registry.ts"

/** Of one schema, all that it leads to. */
const mostReferences = 200

/** The type that a registry's schema is, with all that it refers to; a text where it is none: why. */
export function* joinedType(registry: Http, { references, schema, schemaType }: KeptSchema) {
  if (schemaType !== undefined && schemaType !== null && schemaType !== "AVRO")
    return `it is one of ${schemaType}, not of Avro`
  const others: Json[] = []
  const seen = new Set<string>()
  const waiting = [...(references ?? [])]
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { subject, version } = next
    const place = `version ${version} of subject ${subject}`
    if (seen.has(place)) continue
    if (seen.size === mostReferences) return `it refers to more than ${mostReferences} others`
    seen.add(place)
    const found = yield* schemaOfVersion(registry, subject, version)
    if (found === undefined) return `it refers to ${place}, which is not there`
    const json = jsonOf(found.schema)
    if (json === undefined) return `it refers to ${place}, which is no JSON`
    others.push(json)
    waiting.push(...(found.references ?? []))
  }
  return typeOf(schema, others)
}

const typeOf = (schema: string, others: readonly Json[]): AvroType | string => {
  const json = jsonOf(schema)
  if (json === undefined) return "it is no JSON"
  const parsed = parseAvro(others.length === 0 ? json : assembleSchema(json, others))
  return "ok" in parsed ? parsed.ok : `it cannot be read: ${String(parsed.error.message)}`
}

/** Some registries keep the name of a primitive type as it is. */
const jsonOf = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return /^[a-z]+$/.test(text) ? text : undefined
  }
}
