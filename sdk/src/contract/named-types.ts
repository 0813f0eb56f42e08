import { namespaceOf, qualify } from "../avro/parse/name.ts"
import { sameType } from "../avro/same.ts"
import type { AvroField, AvroType, EnumType, NamedType, RecordType } from "../avro/type.ts"
import type { Known } from "./avro-annotations.ts"
import type { AvroFormOffence } from "./avro-form-error.ts"

/** Where in the schema a type stands. */
export interface Place {
  readonly path: string
  /** Of the nearest named type around. */
  readonly namespace: string
  /** The name of a type that says none. */
  readonly hint: string
  /** The name that the caller of the conversion gave. */
  readonly fixedName?: string
}

export const isNamed = (type: AvroType): type is NamedType =>
  type.kind === "record" || type.kind === "enum" || type.kind === "fixed"

interface Registered {
  readonly type: NamedType
  readonly saidName: string | undefined
}

/** The named types of one conversion: the same part of a schema gives the same type, and no two share a name. */
export class NamedTypes {
  private readonly offend: (offence: AvroFormOffence) => undefined
  private readonly byName = new Map<string, NamedType>()
  private readonly unfinished = new Set<NamedType>()
  /** By what annotating, checking and making optional leave untouched: the list of properties or members. */
  private readonly byPart = new Map<object, Registered>()
  private readonly adopted = new Map<NamedType, NamedType>()

  constructor(offend: (offence: AvroFormOffence) => undefined) {
    this.offend = offend
  }

  record(
    part: object,
    said: Known,
    at: Place,
    makeFields: (place: Place) => readonly AvroField[]
  ): AvroType | undefined {
    const known = this.reuse(part, said, at)
    if (known !== undefined) return known
    const name = this.nameOf(said, at)
    if (name === undefined) return undefined
    const fields: AvroField[] = []
    const record: RecordType = {
      kind: "record",
      ...heading(name, said),
      fields,
      attributes: said["avro.attributes"] ?? {}
    }
    return this.define(record, at, part, said, () => {
      const hint = name.slice(name.lastIndexOf(".") + 1)
      fields.push(...makeFields({ path: at.path, namespace: namespaceOf(name), hint }))
    })
  }

  enum(symbols: readonly string[], part: object, said: Known, at: Place): AvroType | undefined {
    const known = this.reuse(part, said, at)
    if (known !== undefined) return known
    const name = this.nameOf(said, at)
    if (name === undefined) return undefined
    const type: EnumType = {
      kind: "enum",
      ...heading(name, said),
      symbols,
      attributes: said["avro.attributes"] ?? {}
    }
    return this.define(type, at, part, said, () => {})
  }

  /** A type that the author gave whole, its names of the namespace around where they have none. */
  adopt(type: AvroType, said: Known, at: Place): AvroType {
    const namespace = said["avro.namespace"] ?? at.namespace
    switch (type.kind) {
      case "union":
        return { kind: "union", branches: type.branches.map((branch) => this.adopt(branch, said, at)) }
      case "array":
        return { ...type, items: this.adopt(type.items, said, at) }
      case "map":
        return { ...type, values: this.adopt(type.values, said, at) }
      case "record":
      case "enum":
      case "fixed":
        return this.adoptNamed(type, qualify(type.name, namespace), said, at)
      default:
        return type
    }
  }

  private adoptNamed(type: NamedType, name: string, said: Known, at: Place): AvroType {
    const known = this.adopted.get(type)
    if (known?.name === name) return known
    const attributes = { ...type.attributes, ...said["avro.attributes"] }
    const fields: AvroField[] = []
    const made: NamedType =
      type.kind === "record" ? { ...type, name, attributes, fields } : { ...type, name, attributes }
    this.adopted.set(type, made)
    const defined = this.define(made, at, type, {}, () => {
      const place = { ...at, namespace: namespaceOf(name) }
      const own = type.kind === "record" ? type.fields : []
      fields.push(...own.map((field) => ({ ...field, type: this.adopt(field.type, {}, place) })))
    })
    this.adopted.set(type, defined ?? made)
    return defined ?? made
  }

  private reuse(part: object, said: Known, at: Place): NamedType | undefined {
    const known = this.byPart.get(part)
    if (known === undefined || at.fixedName !== undefined) return undefined
    const saidName = said["avro.name"] ?? said.identifier
    return saidName === undefined || saidName === known.saidName ? known.type : undefined
  }

  private nameOf(said: Known, at: Place): string | undefined {
    const own = at.fixedName ?? said["avro.name"] ?? said.identifier ?? at.hint
    if (own === "" || !/^[A-Za-z_][A-Za-z0-9_.]*$/.test(own)) {
      return this.offend({
        path: at.path,
        problem: own === "" ? "the type has no name" : `${JSON.stringify(own)} is not a name in Avro`,
        remedy: `Name it: .annotate({ identifier: "Movie" }), or "avro.name" where the identifier is another.`
      })
    }
    return qualify(own, (at.fixedName === undefined ? said["avro.namespace"] : undefined) ?? at.namespace)
  }

  private define(
    type: NamedType,
    at: Place,
    part: object,
    said: Known,
    fill: () => void
  ): NamedType | undefined {
    const known = this.byName.get(type.name)
    // A schema that is made anew at each turn of a recursion: the name says that it is the same.
    if (known !== undefined && this.unfinished.has(known)) return known
    const saidName = said["avro.name"] ?? said.identifier
    this.byName.set(type.name, type)
    this.byPart.set(part, { type, saidName })
    this.unfinished.add(type)
    fill()
    this.unfinished.delete(type)
    if (known === undefined) return type
    this.byName.set(type.name, known)
    this.byPart.set(part, { type: known, saidName })
    if (sameType(known, type)) return known
    return this.offend({
      path: at.path,
      problem: `two different types are named ${type.name}`,
      remedy: "Give one of them another identifier."
    })
  }
}

const heading = (name: string, said: Known) => ({
  name,
  aliases: (said["avro.aliases"] ?? []).map((alias) => qualify(alias, namespaceOf(name))),
  ...(said.description === undefined ? {} : { doc: said.description })
})
