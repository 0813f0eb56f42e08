import type * as fc from "fast-check"

import type { Attributes, AvroType } from "../type.ts"
import { type Choices, fromChoices } from "./choices.ts"
import { type Definition, type Draft, finish, type Shape } from "./draft.ts"

const primitives = ["null", "int", "string", "long", "boolean", "double", "float", "bytes"] as const

const logicalShapes: readonly [Shape, ...Shape[]] = [
  { type: "logical", base: "int", attributes: { logicalType: "date" } },
  { type: "logical", base: "int", attributes: { logicalType: "time-millis" } },
  { type: "logical", base: "long", attributes: { logicalType: "time-micros" } },
  { type: "logical", base: "long", attributes: { logicalType: "timestamp-millis" } },
  { type: "logical", base: "long", attributes: { logicalType: "timestamp-micros" } },
  { type: "logical", base: "long", attributes: { logicalType: "local-timestamp-millis" } },
  { type: "logical", base: "long", attributes: { logicalType: "local-timestamp-micros" } },
  { type: "logical", base: "string", attributes: { logicalType: "uuid" } },
  { type: "logical", base: "bytes", attributes: { logicalType: "decimal", precision: 9, scale: 2 } }
]

const fixedLogical: readonly [Attributes, ...Attributes[]] = [
  { logicalType: "duration" },
  { logicalType: "uuid" },
  { logicalType: "decimal", precision: 12, scale: 4 }
]

const namespaces = ["", "studio", "studio.films"] as const

/** Builds one schema; named types whose definition is not finished are referred to through a union with null. */
export class SchemaBuilder {
  readonly draft: Draft = { root: "null", definitions: new Map() }
  private readonly choices: Choices
  private readonly open = new Set<string>()
  private readonly logical: boolean
  private readonly prefix: string

  constructor(choices: Choices, options: { readonly logical: boolean; readonly prefix: string }) {
    this.choices = choices
    this.logical = options.logical
    this.prefix = options.prefix
  }

  shape(depth: number): Shape {
    const scalar = depth >= 5 || this.choices.below(10) < 5
    if (scalar) return this.scalar()
    switch (this.choices.below(8)) {
      case 0:
        return { type: "array", items: this.shape(depth + 1) }
      case 1:
        return { type: "map", values: this.shape(depth + 1) }
      case 2:
        return this.union(depth)
      case 3:
        return this.enum()
      case 4:
        return this.fixed()
      case 5:
        return this.reference()
      default:
        return this.record(depth)
    }
  }

  record(depth: number): Shape {
    const name = this.name("Record")
    const fields: Extract<Definition, { kind: "record" }>["fields"] = []
    this.draft.definitions.set(name, { kind: "record", name, aliases: [], fields })
    this.open.add(name)
    const count = this.choices.below(depth === 0 ? 7 : 5)
    for (let index = 0; index < count; index++) {
      const type = this.shape(depth + 1)
      fields.push({ name: `f${index}`, type, aliases: [], hasDefault: this.choices.oneIn(4) })
    }
    this.open.delete(name)
    return name
  }

  private scalar(): Shape {
    return this.logical && this.choices.oneIn(4)
      ? this.choices.pick(logicalShapes)
      : this.choices.pick(primitives)
  }

  private name(kind: string): string {
    const simple = `${this.prefix}${kind}${this.draft.definitions.size}`
    const namespace = this.choices.pick(namespaces)
    return namespace === "" ? simple : `${namespace}.${simple}`
  }

  private reference(): Shape {
    const names = [...this.draft.definitions.keys()]
    const name = names[this.choices.below(Math.max(1, names.length))]
    if (name === undefined) return this.scalar()
    return this.open.has(name) ? { union: ["null", name] } : name
  }

  private union(depth: number): Shape {
    const branches = new Map<string, Shape>()
    const count = 1 + this.choices.below(4)
    for (let index = 0; index < count; index++) {
      const branch = this.shape(depth + 1)
      if (typeof branch === "object" && "union" in branch) continue
      const key = typeof branch === "string" ? branch : branch.type === "logical" ? branch.base : branch.type
      if (!branches.has(key)) branches.set(key, branch)
    }
    return { union: branches.size === 0 ? ["null"] : [...branches.values()] }
  }

  private enum(): Shape {
    const name = this.name("Enum")
    const symbols = ["A", "B", "C", "D"].slice(0, 1 + this.choices.below(4))
    const fallback = this.choices.oneIn(3) ? symbols[0] : undefined
    this.draft.definitions.set(name, { kind: "enum", name, aliases: [], symbols, fallback })
    return name
  }

  private fixed(): Shape {
    const name = this.name("Fixed")
    if (this.logical && this.choices.oneIn(3)) {
      const attributes = this.choices.pick(fixedLogical)
      const size = attributes["logicalType"] === "duration" ? 12 : 16
      this.draft.definitions.set(name, { kind: "fixed", name, aliases: [], size, attributes })
      return name
    }
    this.draft.definitions.set(name, {
      kind: "fixed",
      name,
      aliases: [],
      size: this.choices.below(9),
      attributes: {}
    })
    return name
  }
}

/** Schemas of every kind: named types used again and recursively, namespaces, unions, defaults, logical types unless told otherwise. */
export const schemaArbitrary = (options: { readonly logical?: boolean } = {}): fc.Arbitrary<AvroType> =>
  fromChoices(120, (choices) => {
    const builder = new SchemaBuilder(choices, { logical: options.logical ?? true, prefix: "" })
    builder.draft.root = choices.oneIn(4) ? builder.shape(0) : builder.record(0)
    return finish(builder.draft, (bound) => choices.below(bound))
  })
