import type { AvroType, RecordType, UnionType } from "../avro/type.ts"
import type { CodeBuilder } from "./code-builder.ts"
import { minBytes } from "./look.ts"

/**
 * Statements that step over values without looking at more than their lengths. In the text: `r` the reader, `b` its bytes,
 * `p` the place, `e` the end, `t` a scratch number; a call through `r` takes the place from `p` and gives it back.
 */
export class SkipCode {
  private readonly code: CodeBuilder
  private readonly records = new Map<RecordType, string>()
  private readonly least = new Map<AvroType, number>()

  constructor(code: CodeBuilder) {
    this.code = code
  }

  minBytes(type: AvroType): number {
    return minBytes(type, this.least)
  }

  /** Steps over several values in a row; neighbours of fixed size become one step. */
  all(types: readonly AvroType[]): string {
    const statements: string[] = []
    let fixed = 0
    for (const type of types) {
      const size = fixedSize(type)
      if (size >= 0) {
        fixed += size
        continue
      }
      statements.push(skipFixed(fixed), this.one(type))
      fixed = 0
    }
    statements.push(skipFixed(fixed))
    return statements.filter((each) => each !== "").join("\n")
  }

  private one(type: AvroType): string {
    switch (type.kind) {
      case "int":
      case "long":
      case "enum":
        return (
          `if (p < e && b[p] < 128) p += 1\n` +
          `else if (p + 10 > e) { ${through("r.skipVarint()")} }\n` +
          `else { t = p + 10; while (b[p++] > 127 && p < t); if (b[p - 1] > 127) { r.at = t - 10; r.skipVarint() } }`
        )
      case "bytes":
      case "string":
        return (
          `if (p < e && (t = b[p]) < 128 && (t & 1) === 0 && p + 1 + (t >>> 1) <= e) p += 1 + (t >>> 1)\n` +
          `else if (p + 1 < e && (t & 129) === 128 && b[p + 1] < 128 && ` +
          `p + 2 + (t = ((t & 127) | (b[p + 1] << 7)) >>> 1) <= e) p += 2 + t\n` +
          `else { ${through("r.skipBytes()")} }`
        )
      case "union":
        return this.union(type)
      case "array":
        return through(`${this.items("", type.items)}()`)
      case "map":
        return through(`${this.items(through("r.skipBytes()"), type.values)}()`)
      case "record":
        return through(`${this.record(type)}()`)
      default:
        return skipFixed(fixedSize(type))
    }
  }

  private union(type: UnionType): string {
    const branch = this.code.name("u")
    const cases = type.branches.map((each, index) => [index, this.all([each])] as const)
    const taken = cases.filter(([, statements]) => statements !== "")
    const body = taken.map(([index, statements]) => `case ${index}: { ${statements}\nbreak }`).join("\n")
    return `{ let ${branch}\n${readIndex(branch, type.branches.length)}\nswitch (${branch}) {\n${body}\n} }`
  }

  private record(type: RecordType): string {
    const known = this.records.get(type)
    if (known !== undefined) return known
    const name = this.code.name("skipRecord")
    this.records.set(type, name)
    const body = this.all(type.fields.map((field) => field.type))
    this.code.define(`function ${name}() {\nr.enter()\n${openScope}\n${body}\nr.at = p\nr.depth -= 1\n}`)
    return name
  }

  private items(key: string, type: AvroType): string {
    const name = this.code.name("skipItems")
    const least = this.minBytes(type) + (key === "" ? 0 : 1)
    const body = `${key}\n${this.all([type])}`.trim()
    const loop = body === "" ? "" : `for (; c > 0; c--) {\n${body}\n}`
    const lines = [
      `function ${name}() {`,
      openScope,
      "for (;;) {",
      `r.at = p; let c = r.blockCount(${least}); p = r.at`,
      "if (c === 0) break",
      // A block that says its size is stepped over whole.
      "if (r.blockEnd >= 0) { p = r.blockEnd; continue }",
      loop,
      "}",
      "r.at = p",
      "}"
    ]
    this.code.define(lines.join("\n"))
    return name
  }
}

/** Declares what the statements of reading and skipping use. */
export const openScope = "const b = r.bytes, e = r.end\nlet p = r.at, t = 0"

/** A call that takes its place from the reader. */
export function through(call: string): string {
  return `r.at = p; ${call}; p = r.at`
}

export function readIndex(target: string, count: number): string {
  const limit = Math.min(count * 2, 128)
  return (
    `if (p < e && (t = b[p]) < ${limit} && (t & 1) === 0) { p += 1; ${target} = t >>> 1 }\n` +
    `else { ${through(`${target} = r.index(${count})`)} }`
  )
}

function skipFixed(size: number): string {
  if (size === 0) return ""
  return `p += ${size}\nif (p > e) { r.at = e; throw r.truncated() }`
}

/** Bytes of a type whose values all take as many; -1 for others. */
function fixedSize(type: AvroType): number {
  switch (type.kind) {
    case "null":
      return 0
    case "boolean":
      return 1
    case "float":
      return 4
    case "double":
      return 8
    case "fixed":
      return type.size
    default:
      return -1
  }
}
