import type * as fc from "fast-check"

import type { AvroType } from "../type.ts"
import { type Choices, fromChoices } from "./choices.ts"
import { type Definition, type DraftField, draftOf, finish, type Shape } from "./draft.ts"

type RecordDefinition = Extract<Definition, { kind: "record" }>

const promotions: { readonly [kind: string]: readonly [string, ...string[]] } = {
  int: ["long", "float", "double"],
  long: ["float", "double"],
  float: ["double"],
  string: ["bytes"],
  bytes: ["string"]
}

/**
 * Readers for a writer's schema, from the same one to one that cannot read it at all: fields gone, new, moved, renamed with
 * and without an alias; types promoted, changed, wrapped into and taken out of unions; symbols and branches gone, new and
 * moved; types renamed and moved to another namespace.
 */
export const evolutionArbitrary = (writer: AvroType): fc.Arbitrary<AvroType> =>
  fromChoices(160, (choices) => {
    const draft = draftOf(writer)
    const evolution = new Evolution(choices)
    draft.root = evolution.shape(draft.root)
    for (const definition of draft.definitions.values()) evolution.change(definition)
    return finish(draft, (bound) => choices.below(bound))
  })

class Evolution {
  private readonly choices: Choices

  constructor(choices: Choices) {
    this.choices = choices
  }

  shape(shape: Shape): Shape {
    if (typeof shape === "object" && "union" in shape) return this.union(shape.union)
    if (shape !== "null" && this.choices.oneIn(16)) {
      return { union: this.choices.oneIn(2) ? [shape, "null"] : ["null", shape] }
    }
    if (this.choices.oneIn(24)) return this.choices.pick(["int", "string", "bytes", "double", "null"])
    if (typeof shape === "string") {
      const targets = promotions[shape]
      return targets !== undefined && this.choices.oneIn(6) ? this.choices.pick(targets) : shape
    }
    if (shape.type === "array") return { type: "array", items: this.shape(shape.items) }
    if (shape.type === "map") return { type: "map", values: this.shape(shape.values) }
    return this.choices.oneIn(8) ? shape.base : shape
  }

  private union(branches: readonly Shape[]): Shape {
    const kept = branches.filter(() => !this.choices.oneIn(8))
    const first = kept[0]
    if (first !== undefined && this.choices.oneIn(8)) return first
    if (this.choices.oneIn(6)) kept.reverse()
    if (this.choices.oneIn(6)) {
      const extra = this.choices.pick(["string", "long", "null", "bytes", "double"])
      if (!kept.some((branch) => keyOf(branch) === extra)) kept.push(extra)
    }
    return { union: kept.length === 0 ? ["null"] : kept }
  }

  change(definition: Definition): void {
    if (this.choices.oneIn(12)) this.rename(definition)
    if (definition.kind === "enum") this.changeSymbols(definition)
    if (
      definition.kind === "fixed" &&
      definition.attributes["logicalType"] === undefined &&
      this.choices.oneIn(12)
    ) {
      definition.size++
    }
    if (definition.kind === "record") this.changeFields(definition)
  }

  private rename(definition: Definition): void {
    const old = definition.name
    const moved = this.choices.oneIn(2)
    definition.name = moved ? `moved.${old.slice(old.lastIndexOf(".") + 1)}` : `${old}Renamed`
    if (!moved && !this.choices.oneIn(3)) definition.aliases.push(old)
  }

  private changeSymbols(definition: Extract<Definition, { kind: "enum" }>): void {
    if (this.choices.oneIn(6) && definition.symbols.length > 1) {
      const gone = definition.symbols.splice(this.choices.below(definition.symbols.length), 1)[0]
      if (definition.fallback === gone) definition.fallback = undefined
    }
    if (this.choices.oneIn(6)) definition.symbols.unshift("NEW")
    if (this.choices.oneIn(4)) definition.fallback = definition.symbols[0]
  }

  private changeFields(definition: RecordDefinition): void {
    definition.fields = definition.fields.filter(() => !this.choices.oneIn(12))
    for (const [index, field] of definition.fields.entries()) {
      field.type = this.shape(field.type)
      if (this.choices.oneIn(10)) this.renameField(field, index)
      if (this.choices.oneIn(10)) field.hasDefault = !field.hasDefault
    }
    if (this.choices.oneIn(4)) {
      const type: Shape = this.choices.pick<Shape>([
        "int",
        "string",
        { union: ["null", "string"] },
        { type: "array", items: "long" }
      ])
      const at = this.choices.below(definition.fields.length + 1)
      definition.fields.splice(at, 0, {
        name: "added",
        type,
        aliases: [],
        hasDefault: !this.choices.oneIn(5)
      })
    }
    if (this.choices.oneIn(5)) definition.fields.reverse()
  }

  private renameField(field: DraftField, index: number): void {
    if (!this.choices.oneIn(3)) field.aliases.push(field.name)
    field.name = `renamed${index}`
  }
}

const keyOf = (shape: Shape): string => {
  if (typeof shape === "string") return shape
  if ("union" in shape) return "union"
  return shape.type === "logical" ? shape.base : shape.type
}
