import type { AvroType, NamedType, RecordType } from "../avro/type.ts"

/**
 * The reader's schema with the writer's type names as aliases, wherever the two stand at the same place. A pipeline joins
 * by structure: a contract reads any stream whose records have its fields, whatever that stream's types are called.
 * Avro's own resolution goes by name (or alias) for records, enums and fixed.
 */
export const adoptNames = (writer: AvroType, reader: AvroType): AvroType =>
  new Adoption().type(writer, reader)

/** {@link adoptNames} of two records. */
export const adoptRecordNames = (writer: RecordType, reader: RecordType): RecordType =>
  new Adoption().record(writer, reader)

class Adoption {
  readonly #made = new Map<RecordType, Map<RecordType, RecordType>>()

  type(writer: AvroType, reader: AvroType): AvroType {
    if (reader.kind === "union") {
      return {
        ...reader,
        branches: reader.branches.map((branch) => this.branch(writer, reader.branches, branch))
      }
    }
    if (writer.kind === "union") {
      const only = writer.branches.filter((branch) => branch.kind === reader.kind)
      return only.length === 1 ? this.type(only[0]!, reader) : reader
    }
    if (writer.kind === "array" && reader.kind === "array") {
      return { ...reader, items: this.type(writer.items, reader.items) }
    }
    if (writer.kind === "map" && reader.kind === "map") {
      return { ...reader, values: this.type(writer.values, reader.values) }
    }
    if (writer.kind === "record" && reader.kind === "record") return this.record(writer, reader)
    if (isNamed(writer) && isNamed(reader) && writer.kind === reader.kind) return withAlias(writer, reader)
    return reader
  }

  /** Branches of a union go by name: only where a kind has one branch on each side is it plain which is meant. */
  private branch(writer: AvroType, branches: readonly AvroType[], reader: AvroType): AvroType {
    if (branches.filter(({ kind }) => kind === reader.kind).length !== 1) return reader
    if (writer.kind !== "union") return writer.kind === reader.kind ? this.type(writer, reader) : reader
    const same = writer.branches.filter(({ kind }) => kind === reader.kind)
    return same.length === 1 ? this.type(same[0]!, reader) : reader
  }

  record(writer: RecordType, reader: RecordType): RecordType {
    const known = this.#made.get(reader)?.get(writer)
    if (known !== undefined) return known
    // Filled in place: a recursive schema comes back to this very record.
    const fields: RecordType["fields"][number][] = []
    const adopted: RecordType = { ...withAlias(writer, reader), fields }
    const byWriter = this.#made.get(reader) ?? new Map<RecordType, RecordType>()
    this.#made.set(reader, byWriter.set(writer, adopted))
    for (const field of reader.fields) {
      const source = writer.fields.find(({ name }) => name === field.name || field.aliases.includes(name))
      fields.push(source === undefined ? field : { ...field, type: this.type(source.type, field.type) })
    }
    return adopted
  }
}

const isNamed = (type: AvroType): type is NamedType =>
  type.kind === "record" || type.kind === "enum" || type.kind === "fixed"

const withAlias = <T extends NamedType>(writer: NamedType, reader: T): T =>
  writer.name === reader.name || reader.aliases.includes(writer.name)
    ? reader
    : { ...reader, aliases: [...reader.aliases, writer.name] }
