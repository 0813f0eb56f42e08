import * as Schema from "effect/Schema"

import { namespaceOf, unqualified } from "../avro/parse/name.ts"
import type {
  Attributes,
  AvroField,
  AvroType,
  EnumType,
  FixedType,
  LogicalType,
  NamedType,
  PrimitiveType,
  RecordType
} from "../avro/type.ts"
import * as Avro from "./avro.ts"
import {
  bigintFilter,
  type ContractCheck,
  lengthFilter,
  numberFilter,
  readChecks
} from "./check-conversion.ts"

/**
 * The schema of an Avro type's values, as they look in JavaScript, with its checks: `toAvro` of it is the same type again,
 * but that `millrace.checks` and the other attributes of ours come last, and checks of no known form are dropped.
 * Each named type is one schema, wherever it is used; recursion is suspended.
 */
export const fromAvro = (type: AvroType): Schema.Top => new Builder().schema(type)

class Builder {
  private readonly done = new Map<NamedType, Schema.Top>()
  private readonly open = new Set<NamedType>()

  schema(type: AvroType): Schema.Top {
    switch (type.kind) {
      case "union":
        return Schema.Union(type.branches.map((branch) => this.schema(branch))).annotate({
          "avro.keepOrder": true
        })
      case "array": {
        const schema = Schema.Array(this.schema(type.items))
        return checksOf(type)
          .map(lengthFilter)
          .reduce((checked, filter) => (filter ? checked.check(filter) : checked), schema)
          .annotate(others(type.attributes))
      }
      case "map":
        return mapSchema(this.schema(type.values), type.attributes)
      case "record":
        return this.record(type)
      case "enum":
        return this.named(type, () => Schema.Literals(type.symbols).annotate(wholeType(type)))
      case "fixed":
        return this.named(type, () => fixedSchema(type))
      default:
        return primitiveSchema(type)
    }
  }

  private named(type: NamedType, make: () => Schema.Top): Schema.Top {
    const known = this.done.get(type)
    if (known !== undefined) return known
    if (this.open.has(type)) return Schema.suspend(() => this.schema(type))
    this.open.add(type)
    const made = make()
    this.open.delete(type)
    this.done.set(type, made)
    return made
  }

  private record(type: RecordType): Schema.Top {
    return this.named(type, () => {
      const fields = Object.fromEntries(type.fields.map((field) => [field.name, this.field(field)]))
      return Schema.Struct(fields).annotate({
        identifier: unqualified(type.name),
        "avro.name": unqualified(type.name),
        "avro.namespace": namespaceOf(type.name),
        ...(type.aliases.length === 0 ? {} : { "avro.aliases": type.aliases }),
        ...(type.doc === undefined ? {} : { description: type.doc }),
        "avro.attributes": type.attributes
      })
    })
  }

  private field(field: AvroField): Schema.Top {
    const { "millrace.source": source, "millrace.sensitive": sensitive, ...attributes } = field.attributes
    return this.schema(field.type).annotateKey({
      ...(field.doc === undefined ? {} : { description: field.doc }),
      ...(field.aliases.length === 0 ? {} : { "avro.aliases": field.aliases }),
      ...(field.default === undefined ? {} : { "avro.default": field.default.value }),
      ...(field.order === "ascending" ? {} : { "avro.order": field.order }),
      ...(typeof source === "string" ? { "millrace.source": source } : {}),
      ...(typeof sensitive === "boolean" ? { "millrace.sensitive": sensitive } : {}),
      "avro.attributes": attributes
    })
  }
}

const checksOf = (type: { readonly attributes: Attributes }): readonly ContractCheck[] =>
  readChecks(type.attributes["millrace.checks"])

const withoutChecks = (attributes: Attributes): Attributes => {
  const { "millrace.checks": _, ...rest } = attributes
  return rest
}

const others = (attributes: Attributes) => ({ "avro.attributes": withoutChecks(attributes) })

const wholeType = (type: EnumType | FixedType) => ({
  "avro.type": type,
  "avro.namespace": namespaceOf(type.name)
})

const mapSchema = (values: Schema.Top, attributes: Attributes): Schema.Top => {
  const filters = readChecks(attributes["millrace.checks"]).map((check) => {
    if (check.check === "minLength") return Schema.isMinProperties(check.value)
    return check.check === "maxLength" ? Schema.isMaxProperties(check.value) : undefined
  })
  const schema = Schema.Record(Schema.String, values)
  return filters
    .reduce((checked, filter) => (filter ? checked.check(filter) : checked), schema)
    .annotate(others(attributes))
}

const fixedSchema = (type: FixedType): Schema.Top => {
  switch (type.logical?.name) {
    case "duration":
      return Avro.Duration.annotate(wholeType(type))
    case "decimal":
      return Avro.Decimal(type.logical).annotate(wholeType(type))
    case "uuid":
      return Avro.Uuid.annotate(wholeType(type))
    default:
      return Avro.Fixed(type.name, type.size).annotate(wholeType(type))
  }
}

const primitiveSchema = (type: PrimitiveType): Schema.Top => {
  const checks = checksOf(type)
  const bare = { "avro.type": { ...type, attributes: withoutChecks(type.attributes) } }
  switch (type.kind) {
    case "null":
      return Schema.Null.annotate(bare)
    case "boolean":
      return Schema.Boolean.annotate(bare)
    case "bytes":
      if (type.logical?.name === "decimal") return strings(Avro.Decimal(type.logical).annotate(bare), checks)
      return checks
        .map(lengthFilter)
        .reduce(
          (checked, filter) => (filter ? checked.check(filter) : checked),
          Schema.Uint8Array.annotate(bare)
        )
    case "string":
      return stringSchema(type, checks, bare)
    case "long":
      if (type.attributes["millrace.js"] !== "bigint") return numbers(numberOf(type).annotate(bare), checks)
      return checks
        .map(bigintFilter)
        .reduce((checked, filter) => (filter ? checked.check(filter) : checked), Avro.Long.annotate(bare))
    case "int":
    case "float":
    case "double":
      return numbers(numberOf(type).annotate(bare), checks)
  }
}

const stringSchema = (
  type: PrimitiveType,
  checks: readonly ContractCheck[],
  bare: { readonly "avro.type": AvroType }
): Schema.Top => {
  const literals = type.attributes["millrace.literals"]
  const known = Array.isArray(literals) ? literals.filter((literal) => typeof literal === "string") : []
  if (known.length > 0) return Schema.Literals(known).annotate({ "avro.type": type })
  return strings((type.logical?.name === "uuid" ? Avro.Uuid : Schema.String).annotate(bare), checks)
}

const strings = (schema: Schema.String, checks: readonly ContractCheck[]): Schema.String =>
  checks.reduce((checked, check) => {
    const filter = check.check === "pattern" ? Schema.isPattern(new RegExp(check.value)) : lengthFilter(check)
    return filter === undefined ? checked : checked.check(filter)
  }, schema)

const numbers = (schema: Schema.Number, checks: readonly ContractCheck[]): Schema.Number =>
  checks
    .map(numberFilter)
    .reduce((checked, filter) => (filter === undefined ? checked : checked.check(filter)), schema)

const numberOf = (type: PrimitiveType): Schema.Number => {
  if (type.kind === "float") return Avro.Float
  if (type.kind === "double") return Schema.Number
  return logicalNumbers[type.logical?.name ?? ""] ?? (type.kind === "int" ? Avro.Int32 : Schema.Int)
}

const logicalNumbers: { readonly [name in LogicalType["name"] | ""]?: Schema.Number } = {
  date: Avro.Date,
  "time-millis": Avro.TimeMillis,
  "time-micros": Avro.TimeMicros,
  "timestamp-millis": Avro.TimestampMillis,
  "timestamp-micros": Avro.TimestampMicros,
  "local-timestamp-millis": Avro.LocalTimestampMillis,
  "local-timestamp-micros": Avro.LocalTimestampMicros
}
