import type {
  ArrayResolution,
  EnumResolution,
  FixedResolution,
  MapResolution,
  PrimitiveResolution,
  PromoteResolution,
  RecordResolution,
  Resolution,
  WriterUnionResolution
} from "../avro/resolution.ts"
import type { Attributes, AvroType, FixedType, PrimitiveType } from "../avro/type.ts"
import { literal, propertyKey } from "./code-builder.ts"
import type { CodeBuilder } from "./code-builder.ts"
import { defaultLiteral } from "./default-literal.ts"
import { checksOf, lookOf } from "./look.ts"
import { openScope, readIndex, SkipCode, through } from "./skip-code.ts"

interface RecordFunction {
  readonly name: string
  /** While its body is being made; meeting it then makes it recursive. */
  open: boolean
  recursive: boolean
}

/**
 * Statements that read values by a resolution plan. Conventions of the text: see {@link SkipCode}; besides, `s` is the number
 * of the step in hand, by which a fault finds its path.
 */
export class ReadCode {
  readonly skip: SkipCode
  private readonly code: CodeBuilder
  private readonly records = new Map<RecordResolution, RecordFunction>()
  /** The call that reads a text. */
  private readonly text: string

  /** `echoes`: the bytes stay as they are, and what is read of them may soon be written again (runtime-echo.ts). */
  constructor(code: CodeBuilder, { echoes = false }: { readonly echoes?: boolean } = {}) {
    this.code = code
    this.text = echoes ? "r.echoed()" : "r.string()"
    this.skip = new SkipCode(code)
  }

  /** Assigns the value that comes next to the variable `target`. */
  value(plan: Resolution, target: string): string {
    switch (plan.action) {
      case "primitive":
        return this.checked(plan.reader.attributes, target, this.primitive(plan, target))
      case "promote":
        return this.checked(plan.reader.attributes, target, this.promote(plan, target))
      case "fixed":
        return this.checked(plan.reader.attributes, target, this.fixed(plan, target))
      case "enum":
        return this.enum(plan, target)
      case "record":
        return through(`${target} = ${this.record(plan)}()`)
      case "array":
        return this.checked(plan.reader.attributes, target, through(`${target} = ${this.array(plan)}()`))
      case "map":
        return this.checked(plan.reader.attributes, target, through(`${target} = ${this.map(plan)}()`))
      case "writerUnion":
        return this.union(plan, target)
      case "readerUnion":
        return this.value(plan.value, target)
      case "error":
        return `r.at = p; throw ${this.code.use("unresolved")}(${literal(plan.message)})`
    }
  }

  /** Reads, then runs the checks that the field itself states. */
  field(plan: Resolution, attributes: Attributes, target: string): string {
    return this.checked(attributes, target, this.value(plan, target))
  }

  private checked(attributes: Attributes, target: string, statements: string): string {
    const checks = checksOf(attributes, "")
    if (checks.length === 0) return statements
    const prepared = this.code.constant(`${this.code.use("prepareChecks")}(${literal(checks)})`)
    return `${statements}\nr.at = p; ${this.code.use("runChecks")}(${prepared}, ${target})`
  }

  private primitive(plan: PrimitiveResolution, target: string): string {
    const look = this.looked(plan.reader)
    switch (plan.reader.kind) {
      case "null":
        return `${target} = null`
      case "boolean":
        return `if (p < e && b[p] < 2) ${target} = b[p++] === 1; else { ${through(`${target} = r.boolean()`)} }`
      case "int":
        return readVarint(target, "r.int()")
      case "long":
        return look === "" ? readVarint(target, "r.long()") : through(`${target} = r.bigLong()`)
      case "float":
        return through(`${target} = r.float()`)
      case "double":
        return through(`${target} = r.double()`)
      case "string":
        return through(`${target} = ${this.text}`)
      case "bytes":
        return through(`${target} = ${look === "" ? "r.byteString()" : look.replace("@", "r.byteString()")}`)
    }
  }

  private promote(plan: PromoteResolution, target: string): string {
    const from = plan.writer.kind
    const look = this.looked(plan.reader)
    switch (plan.reader.kind) {
      case "long":
        return look === ""
          ? readVarint(target, "r.int()")
          : through(`${target} = ${this.code.use("toBigint")}(r.int())`)
      case "float":
        return through(
          `${target} = ${this.code.use("fround")}(${from === "int" ? "r.int()" : "r.longAsDouble()"})`
        )
      case "double": {
        const read = from === "int" ? "r.int()" : from === "long" ? "r.longAsDouble()" : "r.float()"
        return through(`${target} = ${read}`)
      }
      case "string":
        return through(`${target} = r.string()`)
      default:
        return through(`${target} = ${look === "" ? "r.byteString()" : look.replace("@", "r.byteString()")}`)
    }
  }

  private fixed(plan: FixedResolution, target: string): string {
    const read = `r.fixed(${plan.reader.size})`
    const look = this.looked(plan.reader)
    return through(`${target} = ${look === "" ? read : look.replace("@", read)}`)
  }

  /** How the base value becomes what JavaScript sees: an expression with `@` for the base; empty: as it is. */
  private looked(type: PrimitiveType | FixedType): string {
    const look = lookOf(type)
    switch (look.form) {
      case "plain":
        return ""
      case "bigint":
        return "@"
      case "decimal":
        return `${this.code.use("decimalOfBytes")}(@, ${look.precision}, ${look.scale})`
      case "uuid":
        return type.kind === "fixed" ? `${this.code.use("uuidOfBytes")}(@)` : ""
      case "duration":
        return `${this.code.use("durationOfBytes")}(@)`
    }
  }

  private enum(plan: EnumResolution, target: string): string {
    const symbols = plan.symbols.map((index) => (index < 0 ? null : plan.reader.symbols[index]))
    const table = this.code.constant(literal(symbols))
    const index = this.code.name("u")
    const read = `{ let ${index}\n${readIndex(index, symbols.length)}\n${target} = ${table}[${index}]`
    if (!symbols.includes(null)) return `${read} }`
    const writer = this.code.constant(literal(plan.writer.symbols))
    const message = `${writer}[${index}] + ${literal(` is no symbol of ${plan.reader.name}, which has no default`)}`
    return `${read}\nif (${target} === null) { r.at = p; throw ${this.code.use("unresolved")}(${message}) } }`
  }

  private union(plan: WriterUnionResolution, target: string): string {
    const branch = this.code.name("u")
    const cases = plan.branches.map((each, index) => `case ${index}: { ${this.value(each, target)}\nbreak }`)
    const read = readIndex(branch, plan.branches.length)
    return `{ let ${branch}\n${read}\nswitch (${branch}) {\n${cases.join("\n")}\n} }`
  }

  private record(plan: RecordResolution): string {
    const known = this.records.get(plan)
    if (known !== undefined) {
      if (known.open) known.recursive = true
      return known.name
    }
    const made: RecordFunction = { name: this.code.name("readRecord"), open: true, recursive: false }
    this.records.set(plan, made)
    const { statements, names, result } = this.recordSteps(plan)
    made.open = false
    const lines = [
      `function ${made.name}() {`,
      made.recursive ? "r.enter()" : "",
      openScope,
      `let s = 0${[...result.variables].map((each) => `, ${each}`).join("")}`,
      "try {",
      ...statements,
      `} catch (error) { throw ${this.code.use("faultWithin")}(error, ${this.code.constant(literal(names))}[s]) }`,
      "r.at = p",
      made.recursive ? "r.depth -= 1" : "",
      `return ${result.expression}`,
      "}"
    ]
    this.code.define(lines.filter((each) => each !== "").join("\n"))
    return made.name
  }

  private recordSteps(plan: RecordResolution) {
    const variables = new Map<number, string>()
    const names: string[] = []
    const statements: string[] = []
    let skipped: AvroType[] = []
    const flush = () => {
      if (skipped.length > 0) statements.push(this.skip.all(skipped))
      skipped = []
    }
    for (const step of plan.steps) {
      // The step's number is stated even where a run of skips is: its fault belongs to the run's first field.
      if (skipped.length === 0 || step.step === "read") {
        if (step.step === "read") flush()
        statements.push(`s = ${names.length}`)
        names.push(plan.writer.fields[step.writerIndex].name)
      }
      if (step.step === "skip") {
        skipped.push(step.type)
        continue
      }
      const field = plan.reader.fields[step.readerIndex]
      const variable = this.code.name("f")
      variables.set(step.readerIndex, variable)
      statements.push(this.field(step.value, field.attributes, variable))
    }
    flush()
    return { statements, names, result: this.recordResult(plan, variables) }
  }

  private recordResult(plan: RecordResolution, variables: ReadonlyMap<number, string>) {
    const defaults = new Map(plan.defaults.map((each) => [each.readerIndex, each]))
    const properties = plan.reader.fields.map((field, index) => {
      const missing = defaults.get(index)
      const value =
        variables.get(index) ??
        (missing === undefined ? "null" : defaultLiteral(this.code, missing.type, missing.value))
      return `${propertyKey(field.name)}: ${value}`
    })
    return { variables: variables.values(), expression: `{ ${properties.join(", ")} }` }
  }

  private array(plan: ArrayResolution): string {
    const name = this.code.name("readArray")
    const least = this.skip.minBytes(plan.writer.items)
    const body = [`${this.value(plan.items, "v")}`, "a[n++] = v"]
    this.code.define(
      blockLoop(
        name,
        "const a = []\nlet n = 0, v",
        least,
        body,
        `"[" + n + "]"`,
        this.code.use("faultWithin")
      )
    )
    return name
  }

  private map(plan: MapResolution): string {
    const name = this.code.name("readMap")
    const least = 1 + this.skip.minBytes(plan.writer.values)
    const body = [`n = ""`, through("n = r.string()"), this.value(plan.values, "v"), "a[n] = v"]
    const head = `const a = ${this.code.use("newMap")}()\nlet n = "", v`
    this.code.define(
      blockLoop(name, head, least, body, `${this.code.use("mapStep")}(n)`, this.code.use("faultWithin"))
    )
    return name
  }
}

function blockLoop(
  name: string,
  head: string,
  least: number,
  body: readonly string[],
  step: string,
  within: string
): string {
  const lines = [
    `function ${name}() {`,
    openScope,
    head,
    "try {",
    "for (;;) {",
    `r.at = p; let c = r.blockCount(${least}); p = r.at`,
    "if (c === 0) break",
    "const k = r.blockEnd",
    "for (; c > 0; c--) {",
    ...body,
    "}",
    "r.at = p; r.endBlock(k)",
    "}",
    `} catch (error) { throw ${within}(error, ${step}) }`,
    "r.at = p",
    "return a",
    "}"
  ]
  return lines.join("\n")
}

function readVarint(target: string, call: string): string {
  return (
    `if (p < e && (t = b[p]) < 128) { p += 1; ${target} = (t >>> 1) ^ -(t & 1) }\n` +
    `else { ${through(`${target} = ${call}`)} }`
  )
}
