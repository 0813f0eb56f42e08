import type {
  ArrayType,
  Attributes,
  AvroType,
  FixedType,
  MapType,
  PrimitiveType,
  RecordType,
  UnionType
} from "../avro/type.ts"
import { literal, propertyOf } from "./code-builder.ts"
import type { CodeBuilder } from "./code-builder.ts"
import { defaultLiteral } from "./default-literal.ts"
import { describe, FitCode, isObjectBranch } from "./fit-code.ts"
import { checksOf, lookOf } from "./look.ts"

interface RecordFunction {
  readonly name: string
  open: boolean
  recursive: boolean
}

/**
 * Statements that check and write values. In the text: `o` the sink, `w` the limits of the datum; `x` stands for an
 * expression without effects that gives the value.
 */
export class WriteCode {
  private readonly code: CodeBuilder
  private readonly fit: FitCode
  private readonly records = new Map<RecordType, RecordFunction>()

  constructor(code: CodeBuilder) {
    this.code = code
    this.fit = new FitCode(code)
  }

  /** Writes the value of `x`. */
  value(type: AvroType, x: string): string {
    if (type.kind === "union") return this.union(type, x)
    return this.checks(type.attributes, x) + this.bare(type, x)
  }

  /** Writes a record's field from the variable `x`, which its default replaces when it is undefined. */
  field(field: RecordType["fields"][number], x: string): string {
    const missing =
      field.default === undefined
        ? ""
        : `if (${x} === undefined) ${x} = ${defaultLiteral(this.code, field.type, field.default.value)}\n`
    return missing + this.checks(field.attributes, x) + this.value(field.type, x)
  }

  private checks(attributes: Attributes, x: string): string {
    const checks = checksOf(attributes, "")
    if (checks.length === 0) return ""
    const prepared = this.code.constant(`${this.code.use("prepareChecks")}(${literal(checks)})`)
    return `${this.code.use("runChecks")}(${prepared}, ${x})\n`
  }

  private bare(type: Exclude<AvroType, UnionType>, x: string): string {
    switch (type.kind) {
      case "null":
        return `${this.code.use("putNull")}(${x})`
      case "record":
        return `${this.record(type)}(o, ${x})`
      case "enum":
        return `${this.code.use("putSymbol")}(o, ${x}, ${this.fit.symbols(type.symbols)})`
      case "array":
        return `${this.array(type)}(o, ${x})`
      case "map":
        return `${this.map(type)}(o, ${x})`
      case "fixed":
        return this.fixed(type, x)
      default:
        return `${this.code.use(this.putter(type))}(o, ${this.based(type, x, -1)})`
    }
  }

  private putter(type: PrimitiveType): string {
    const look = lookOf(type)
    switch (type.kind) {
      case "boolean":
        return "putBoolean"
      case "int":
        return "putInt"
      case "long":
        return look.form === "bigint" ? "putBigLong" : "putLong"
      case "float":
        return "putFloat"
      case "double":
        return "putDouble"
      case "string":
        return look.form === "uuid" ? "putUuid" : "putString"
      default:
        return "putByteString"
    }
  }

  private fixed(type: FixedType, x: string): string {
    return `${this.code.use("putFixed")}(o, ${this.based(type, x, type.size)}, ${type.size})`
  }

  /** The base value of one that looks different in JavaScript. */
  private based(type: PrimitiveType | FixedType, x: string, size: number): string {
    const look = lookOf(type)
    if (look.form === "decimal")
      return `${this.code.use("bytesOfDecimal")}(${x}, ${look.precision}, ${look.scale}, ${size})`
    if (look.form === "uuid" && type.kind === "fixed") return `${this.code.use("bytesOfUuid")}(${x})`
    if (look.form === "duration") return `${this.code.use("bytesOfDuration")}(${x})`
    return x
  }

  private record(type: RecordType): string {
    const known = this.records.get(type)
    if (known !== undefined) {
      if (known.open) known.recursive = true
      return known.name
    }
    const made: RecordFunction = { name: this.code.name("writeRecord"), open: true, recursive: false }
    this.records.set(type, made)
    const body = type.fields.map((field, index) => {
      const variable = this.code.name("f")
      return `s = ${index}; let ${variable} = ${propertyOf(this.code, "x", field.name)}\n${this.field(field, variable)}`
    })
    made.open = false
    const names = this.code.constant(literal(type.fields.map((field) => field.name)))
    const lines = [
      `function ${made.name}(o, x) {`,
      `${this.code.use("checkRecord")}(x)`,
      made.recursive ? "w.enter()" : "",
      "let s = 0",
      "try {",
      ...body,
      `} catch (error) { throw ${this.code.use("faultWithin")}(error, ${names}[s]) }`,
      made.recursive ? "w.depth -= 1" : "",
      "}"
    ]
    this.code.define(lines.filter((each) => each !== "").join("\n"))
    return made.name
  }

  private array(type: ArrayType): string {
    const name = this.code.name("writeArray")
    const lines = [
      `function ${name}(o, x) {`,
      `${this.code.use("checkArray")}(x)`,
      "const c = x.length",
      "if (c > 0) {",
      "w.count(o, c)",
      "let n = 0",
      "try {",
      `for (; n < c; n++) { const v = x[n]\n${this.value(type.items, "v")} }`,
      `} catch (error) { throw ${this.code.use("faultWithin")}(error, "[" + n + "]") }`,
      "}",
      "o.byte(0)",
      "}"
    ]
    this.code.define(lines.join("\n"))
    return name
  }

  private map(type: MapType): string {
    const name = this.code.name("writeMap")
    const step = `${this.code.use("mapStep")}(k[n])`
    const lines = [
      `function ${name}(o, x) {`,
      `const k = ${this.code.use("keysOfMap")}(x), c = k.length`,
      "if (c > 0) {",
      "w.count(o, c)",
      "let n = 0",
      "try {",
      `for (; n < c; n++) { const v = x[k[n]]\n${this.code.use("putString")}(o, k[n])\n${this.value(type.values, "v")} }`,
      `} catch (error) { throw ${this.code.use("faultWithin")}(error, ${step}) }`,
      "}",
      "o.byte(0)",
      "}"
    ]
    this.code.define(lines.join("\n"))
    return name
  }

  private union(type: UnionType, x: string): string {
    const objects = type.branches.filter(isObjectBranch)
    if (objects.length > 1) return this.ambiguousUnion(type, x)
    const tests = type.branches.map((branch, index) => {
      // With one branch for objects, any object is meant for it, and what is wrong with it is worth saying.
      const test =
        objects.length === 1 && isObjectBranch(branch)
          ? `${this.code.use("isObject")}(${x})`
          : this.fit.among(type, branch, x)
      return `if (${test}) { ${this.branch(index)}\n${this.value(branch, x)} }`
    })
    const wanted = literal(type.branches.map(describe).join(" or "))
    const refusal = `throw ${this.code.use("wrongType")}(${wanted}, ${x})`
    return `${tests.join("\nelse ")}\nelse ${this.rounded(type, x, refusal)}`
  }

  /** Last of all, a number that no branch holds exactly is rounded to the union's float. */
  private rounded(type: UnionType, x: string, otherwise: string): string {
    const index = type.branches.findIndex((branch) => branch.kind === "float")
    if (index < 0) return otherwise
    const write = `${this.branch(index)}\n${this.value(type.branches[index], x)}`
    return `if (typeof ${x} === "number") { ${write} } else ${otherwise}`
  }

  private branch(index: number): string {
    if (index > 63) return `${this.code.use("putLength")}(o, ${index})`
    return `o.byte(${index * 2})`
  }

  /**
   * Several branches take objects: the first that the value fits exactly is tried (a record with all of its fields and no
   * property left over, a map without a prototype), then one whose absent fields have defaults, then the first that takes it
   * at all; a branch whose inner values do not fit is undone.
   */
  private ambiguousUnion(type: UnionType, x: string): string {
    const name = this.code.name("writeUnion")
    const attempts = [2, 1, 0].flatMap((exact) =>
      type.branches.map((branch, index) => {
        if (exact < 2 && !isObjectBranch(branch)) return ""
        const write = `${this.branch(index)}\n${this.value(branch, "x")}\nreturn`
        if (!isObjectBranch(branch)) return `if (${this.fit.among(type, branch, "x")}) { ${write} }`
        const test = this.fit.object(branch, "x", exact)
        const undo = `if (!${this.code.use("isCodecFault")}(error)) throw error\no.length = m; w.depth = d; w.items = n; f ??= error`
        return `if (${test}) { try { ${write} } catch (error) { ${undo} } }`
      })
    )
    const wanted = literal(type.branches.map(describe).join(" or "))
    const lines = [
      `function ${name}(o, x) {`,
      "const m = o.length, d = w.depth, n = w.items",
      "let f",
      ...attempts.filter((each) => each !== ""),
      this.rounded(type, "x", `throw f ?? ${this.code.use("wrongType")}(${wanted}, x)`),
      "}"
    ]
    this.code.define(lines.join("\n"))
    return `${name}(o, ${x})`
  }
}
