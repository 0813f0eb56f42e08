import type { AvroType, FixedType, PrimitiveType, UnionType } from "../avro/type.ts"
import { tableOf } from "./code-builder.ts"
import type { CodeBuilder } from "./code-builder.ts"
import { lookOf } from "./look.ts"

/** Expressions that ask whether a union takes a branch for the value of `x`. */
export class FitCode {
  private readonly code: CodeBuilder

  constructor(code: CodeBuilder) {
    this.code = code
  }

  /** Symbol -> index, as a constant. */
  symbols(symbols: readonly string[]): string {
    return tableOf(
      this.code,
      symbols.map((symbol, index) => [symbol, index] as const)
    )
  }

  /** Numbers go where they stay what they are: -0 to no whole number's branch, 0.1 to double rather than float. */
  among(union: UnionType, branch: AvroType, x: string): string {
    const kinds = new Set(union.branches.map((each) => each.kind))
    const test = this.one(branch, x)
    if (branch.kind === "float" && (kinds.has("double") || kinds.has("int") || kinds.has("long"))) {
      return `${this.code.use("isFloat")}(${x})`
    }
    const floats = kinds.has("float") || kinds.has("double")
    const whole = branch.kind === "int" || branch.kind === "long"
    return floats && whole ? `${test} && (${x} !== 0 || 1 / ${x} > 0)` : test
  }

  /** Maps are read as objects without a prototype, and so known again; records are not. */
  object(type: AvroType, x: string, exact: number): string {
    if (type.kind === "map") return `${this.code.use(exact > 0 ? "isBareMap" : "isMap")}(${x})`
    if (type.kind !== "record") return this.one(type, x)
    const required = type.fields.map((field) => [field.name, field.default === undefined] as const)
    return `${this.code.use("isRecordLike")}(${x}, ${tableOf(this.code, required)}, ${exact})`
  }

  /** An expression: whether a union takes this branch for the value. */
  private one(type: AvroType, x: string): string {
    switch (type.kind) {
      case "null":
        return `${x} === null`
      case "boolean":
        return `typeof ${x} === "boolean"`
      case "int":
        return `${this.code.use("isInt")}(${x})`
      case "float":
      case "double":
        return `typeof ${x} === "number"`
      case "enum":
        return `typeof ${x} === "string" && ${this.symbols(type.symbols)}[${x}] !== undefined`
      case "array":
        return `${this.code.use("isArray")}(${x})`
      case "map":
        return `${this.code.use("isMap")}(${x})`
      case "record":
      case "union":
        return `${this.code.use("isObject")}(${x})`
      default:
        return this.looked(type, x)
    }
  }

  private looked(type: PrimitiveType | FixedType, x: string): string {
    const look = lookOf(type)
    switch (look.form) {
      case "bigint":
        return `${this.code.use("isBigLong")}(${x})`
      case "decimal":
        return `${this.code.use("isDecimal")}(${x}, ${look.precision}, ${look.scale})`
      case "uuid":
        return `${this.code.use("isUuid")}(${x})`
      case "duration":
        return `${this.code.use("isDuration")}(${x})`
      case "plain":
        if (type.kind === "long") return `${this.code.use("isLong")}(${x})`
        if (type.kind === "string") return `typeof ${x} === "string"`
        if (type.kind === "fixed") return `${this.code.use("isFixed")}(${x}, ${type.size})`
        return `${this.code.use("isBytes")}(${x})`
    }
  }
}

export function isObjectBranch(type: AvroType): boolean {
  if (type.kind === "record" || type.kind === "map") return true
  return type.kind === "fixed" && lookOf(type).form === "duration"
}

/** What a branch takes, in the words of a message. */
export function describe(type: AvroType): string {
  switch (type.kind) {
    case "null":
      return "null"
    case "int":
    case "long":
      return lookOf(type).form === "bigint" ? "a bigint" : "a whole number"
    case "float":
    case "double":
      return "a number"
    case "boolean":
    case "string":
      return `a ${type.kind}`
    case "array":
      return "an array"
    case "map":
      return "a map"
    case "union":
      return type.branches.map(describe).join(" or ")
    case "bytes":
      return lookOf(type).form === "decimal" ? "a decimal" : "bytes"
    case "fixed":
      return lookOf(type).form === "plain" ? `${type.size} bytes` : `a ${lookOf(type).form}`
    case "record":
    case "enum":
      return type.name
  }
}
