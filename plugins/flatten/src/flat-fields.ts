import { nullableType, recordFields, type SchemaField, schemaName, WholeTypes } from "@millrace/sdk"

/** Takes the fields of a record schema apart. */
export class FlatFields {
  private readonly types: WholeTypes
  private readonly fields: ReadonlyMap<string, SchemaField>
  private readonly separator: string
  private readonly depth: number
  private readonly names = new Set<string>()
  /** Why these fields cannot be flat, when they cannot. */
  problem: string | undefined = undefined

  constructor(schema: unknown, separator: string, depth: number) {
    this.types = new WholeTypes(schema)
    this.fields = new Map(recordFields(schema).map((field) => [field.name, field]))
    this.separator = separator
    this.depth = depth
  }

  isRecord(name: string): boolean {
    return this.recordIn(this.fields.get(name)?.type) !== undefined
  }

  /** A field that is passed on. */
  same(field: SchemaField): readonly SchemaField[] {
    this.take(field.name)
    return [{ ...field, type: this.types.whole(field.type) }]
  }

  /** The fields that a record's parts become, in their order. */
  partsOf(field: SchemaField): readonly SchemaField[] {
    return this.part(field, field.name, { depth: this.depth, nullable: false, sensitive: false, inside: [] })
  }

  private part(field: SchemaField, name: string, around: Around): readonly SchemaField[] {
    // A name that only stands for its parts is taken, too: the row has the record under it.
    this.take(name)
    const { default: _default, aliases: _aliases, order: _order, ...rest } = field
    const sensitive = around.sensitive || field["millrace.sensitive"] === true
    const record = around.depth === 0 ? undefined : this.recordIn(field.type)
    if (record === undefined) {
      const type = this.types.whole(field.type)
      return [
        {
          ...rest,
          name,
          type: around.nullable ? nullableType(type) : type,
          ...(sensitive ? { "millrace.sensitive": true } : {})
        }
      ]
    }
    const own = schemaName(record) ?? ""
    if (around.inside.includes(own)) {
      this.problem ??= `${name} holds records of its own kind (${own}): name fields or a depth`
      return []
    }
    const within: Around = {
      depth: around.depth - 1,
      nullable: around.nullable || Array.isArray(field.type),
      sensitive,
      inside: [...around.inside, own]
    }
    return recordFields(record).flatMap((part) =>
      this.part(part, `${name}${this.separator}${part.name}`, within)
    )
  }

  /** The record that a type is, or is where it is not null. */
  private recordIn(type: unknown): unknown {
    const branches = Array.isArray(type) ? type.filter((branch) => branch !== "null") : [type]
    const whole = branches.length === 1 ? this.types.whole(branches[0]) : undefined
    return recordFields(whole).length > 0 ? whole : undefined
  }

  private take(name: string): void {
    if (this.names.has(name)) this.problem ??= `two fields would be named ${name}: give another separator`
    this.names.add(name)
  }
}

interface Around {
  readonly depth: number
  readonly nullable: boolean
  readonly sensitive: boolean
  /** Names of the records that it is in. */
  readonly inside: readonly string[]
}
