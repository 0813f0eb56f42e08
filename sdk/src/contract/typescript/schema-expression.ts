import { branchOfDefault } from "../../avro/parse/default-value.ts"
import { namespaceOf, unqualified } from "../../avro/parse/name.ts"
import type {
  Attributes,
  AvroField,
  AvroType,
  EnumType,
  FixedType,
  Json,
  NamedType,
  RecordType,
  UnionType
} from "../../avro/type.ts"
import {
  annotated,
  attributeEntries,
  checked,
  type Entry,
  type Expression,
  expression,
  fieldEntries,
  toLayout
} from "./annotation.ts"
import { splitChecks } from "./check-expression.ts"
import { jsonLayout } from "./json-layout.ts"
import { callLayout, type Layout, listLayout, objectLayout, quoted, tallObject, wrap } from "./layout.ts"
import { fixedExpression, primitiveExpression } from "./primitive-expression.ts"

/** What the expressions of one module refer to. */
export interface Names {
  /** The constant, or the class, of a named type. */
  readonly of: (type: NamedType) => string
  /** True while a type is not declared yet where the expression stands: it is to be suspended. */
  readonly isLater: (type: NamedType) => boolean
  /** The namespace around a named type where `toAvro` meets it first. */
  readonly around: (type: NamedType) => string
  /** True when any type of the schema has a namespace: those without one must then say so. */
  readonly hasNamespaces: boolean
}

/** Expressions of `Schema` and `Avro` of which `toAvro` makes the same types again. */
export class SchemaExpressions {
  private readonly names: Names

  constructor(names: Names) {
    this.names = names
  }

  /** `Schema.Struct({ … })` of a record's fields, one a line. */
  struct(record: RecordType, annotations: readonly Entry[]): Layout {
    const fields = record.fields.map((field): Entry => [field.name, this.field(field)])
    return toLayout(annotated(expression(wrap("Schema.Struct", tallObject(fields))), annotations))
  }

  /** What an enum or a fixed is declared as. */
  declaration(type: EnumType | FixedType): Layout {
    const base = type.kind === "enum" ? enumeration(type) : fixedExpression(type)
    const isBare = namespaceOf(type.name) === "" && this.names.hasNamespaces
    return toLayout(annotated(base, isBare ? [["avro.namespace", '""']] : []))
  }

  /** How a record says its name: what its place does not. */
  naming(record: RecordType): readonly Entry[] {
    const namespace = namespaceOf(record.name)
    if (namespace === this.names.around(record))
      return [["identifier", JSON.stringify(unqualified(record.name))]]
    const name: Entry = ["avro.name", JSON.stringify(record.name)]
    return namespace === "" ? [name, ["avro.namespace", '""']] : [name]
  }

  /** A type where it is used: a named one by its constant. */
  private use(type: AvroType): Expression {
    switch (type.kind) {
      case "union":
        return this.union(type, undefined)
      case "array":
        return collection(wrap("Schema.Array", toLayout(this.use(type.items))), type.attributes, "length")
      case "map": {
        const base = callLayout("Schema.Record", ["Schema.String", toLayout(this.use(type.values))])
        return collection(base, type.attributes, "properties")
      }
      case "record":
      case "enum":
      case "fixed":
        return expression(this.reference(type))
      default:
        return primitiveExpression(type)
    }
  }

  private reference(type: NamedType): string {
    const name = this.names.of(type)
    return this.names.isLater(type) ? `Schema.suspend((): Schema.Codec<${name}> => ${name})` : name
  }

  private field(field: AvroField): Layout {
    const type = field.type.kind === "union" ? this.union(field.type, field.default) : this.use(field.type)
    return toLayout(annotated(type, fieldEntries(field), "annotateKey"))
  }

  private union(type: UnionType, fallback: AvroField["default"]): Expression {
    const branches = type.branches.map((branch) => toLayout(this.use(branch)))
    const isUsual = inUsualOrder(type.branches, fallback)
    const other = type.branches.findIndex((branch) => branch.kind !== "null")
    const [only] = branches.length === 2 && hasPlainNull(type) ? branches.slice(other, other + 1) : []
    if (isUsual && only !== undefined) return expression(wrap("Schema.NullOr", only))
    const union = expression(wrap("Schema.Union", listLayout(branches)))
    return annotated(union, isUsual ? [] : [["avro.keepOrder", "true"]])
  }
}

const hasPlainNull = ({ branches }: UnionType): boolean =>
  branches.some((branch) => branch.kind === "null" && Object.keys(branch.attributes).length === 0)

/** Whether `toAvro` would put the branches so by itself: the default's first, then null. */
const inUsualOrder = (
  branches: readonly AvroType[],
  fallback: { readonly value: Json } | undefined
): boolean => {
  if (branches.length < 2) return false
  const nulls = branches.filter(({ kind }) => kind === "null")
  const usual = [...nulls, ...branches.filter(({ kind }) => kind !== "null")]
  const first = fallback === undefined ? undefined : usual[branchOfDefault(usual, fallback.value)]
  const expected = first === undefined ? usual : [first, ...usual.filter((branch) => branch !== first)]
  return branches.every((branch, index) => branch === expected[index])
}

const collection = (base: Layout, attributes: Attributes, on: "length" | "properties"): Expression => {
  const split = splitChecks(attributes, on)
  return checked(annotated(expression(base), attributeEntries(split.attributes)), split.checks)
}

const enumeration = (type: EnumType): Expression => {
  const options: readonly Entry[] = [
    ...(type.default === undefined ? [] : [["default", JSON.stringify(type.default)] as const]),
    ...(type.aliases.length === 0 ? [] : [["aliases", jsonLayout(type.aliases)] as const]),
    ...(type.doc === undefined ? [] : [["doc", quoted(type.doc)] as const])
  ]
  const args = [JSON.stringify(type.name), jsonLayout(type.symbols)]
  const base = callLayout("Avro.Enum", options.length === 0 ? args : [...args, objectLayout(options)])
  return annotated(expression(base), attributeEntries(type.attributes))
}
