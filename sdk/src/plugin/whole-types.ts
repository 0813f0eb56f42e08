import { recordFields, schemaName } from "./record-schema.ts"

interface Schema {
  readonly [key: string]: unknown
}

/**
 * Answers types of one schema (Avro's JSON form), for the answer of `derive`, with the named types in them written out where
 * they stand by name only: so that one can be used away from the place where its parts were named.
 */
export class WholeTypes {
  private readonly known = new Map<string, Schema>()

  constructor(schema: unknown) {
    this.note(schema)
  }

  /** The type with nothing left to look up but a type inside of itself. */
  whole(type: unknown, inside: readonly string[] = []): unknown {
    if (Array.isArray(type)) return type.map((branch: unknown) => this.whole(branch, inside))
    const schema = typeof type === "string" ? this.known.get(type) : partsOf(type)
    if (schema === undefined) return type
    const name = namedBy(schema)
    if (name !== undefined && inside.includes(name)) return name
    const within = name === undefined ? inside : [...inside, name]
    if (schema["type"] === "array") return { ...schema, items: this.whole(schema["items"], within) }
    if (schema["type"] === "map") return { ...schema, values: this.whole(schema["values"], within) }
    if (schema["type"] !== "record") return schema
    const fields = recordFields(schema).map((field) => ({ ...field, type: this.whole(field.type, within) }))
    return { ...schema, fields }
  }

  private note(type: unknown): void {
    if (Array.isArray(type)) {
      for (const branch of type) this.note(branch)
      return
    }
    const schema = partsOf(type)
    if (schema === undefined) return
    const name = namedBy(schema)
    if (name !== undefined) this.known.set(name, schema)
    this.note(schema["items"])
    this.note(schema["values"])
    for (const field of recordFields(schema)) this.note(field.type)
  }
}

const partsOf = (type: unknown): Schema | undefined =>
  typeof type === "object" && type !== null && !Array.isArray(type) ? { ...type } : undefined

const namedBy = (schema: Schema): string | undefined =>
  ["record", "enum", "fixed"].includes(String(schema["type"])) ? schemaName(schema) : undefined
