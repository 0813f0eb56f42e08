import type { Core } from "../core.ts"
import { comparisonOperations } from "./comparison-operations.ts"
import { isLibraryFunction, libraryTexts } from "./library/library.ts"
import { numberOperations } from "./number-operations.ts"
import { calling, type Operation } from "./operation.ts"
import { valueOperations } from "./value-operations.ts"

const operations: ReadonlyMap<string, Operation> = new Map([
  ...numberOperations,
  ...comparisonOperations,
  ...valueOperations
])

/** An operation of the tables, or a library function of that name, called with the operands and what is known beforehand. */
export function operation(name: string): Operation {
  const found = operations.get(name) ?? (isLibraryFunction(name) ? calling(name) : undefined)
  if (found === undefined) throw new Error(`the operation ${name} does not exist`)
  return found
}

/** A value as JavaScript text: the one place where anything of the author's becomes code. */
export function literal(value: null | boolean | number | bigint | string): string {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "bigint") return value < 0n ? `(${value}n)` : `${value}n`
  if (typeof value !== "number") return String(value)
  return value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? "-0" : value})` : String(value)
}

/** Names and literals, which may stand in the text more than once. */
const atomic = /^(?:[A-Za-z_$][\w$]*|\(?-?[0-9.]+(?:e[+-]?[0-9]+)?n?\)?|"(?:[^"\\]|\\.)*")$/

/**
 * Collects statements while a core becomes text. Values are consts or results of labelled blocks, so that neither
 * long lists nor NULL tests nest, and every operand is evaluated where, and only when, SQL says so.
 */
export class Emitter {
  private lines: string[] = []
  private readonly columns = new Map<string, string>()
  private readonly constants = new Map<string, string>()
  private readonly library = new Set<string>()
  private count = 0

  fresh(prefix: string): string {
    return `${prefix}${this.count++}`
  }
  push(line: string): void {
    this.lines.push(line)
  }
  need(...names: readonly string[]): void {
    for (const name of names) this.library.add(name)
  }

  /** Runs `emit` with lines of its own. */
  capture(emit: () => void): readonly string[] {
    const outer = this.lines
    this.lines = []
    emit()
    const inner = this.lines
    this.lines = outer
    return inner
  }

  /** A name or literal for a text, by a const where it is neither. */
  atom(text: string): string {
    if (atomic.test(text)) return text
    const name = this.fresh("v")
    this.push(`const ${name} = ${text}`)
    return name
  }

  /** A value made once, when the code is loaded. */
  constant(text: string): string {
    const known = this.constants.get(text)
    if (known !== undefined) return known
    const name = this.fresh("k")
    this.constants.set(text, name)
    return name
  }

  /** A field of the row, read at the start. */
  column(core: Extract<Core, { op: "column" }>): string {
    const known = this.columns.get(core.name)
    if (known !== undefined) return known
    const name = this.fresh("f")
    this.columns.set(core.name, name)
    return name
  }

  /** Reads a property of a plain object, and nothing that it inherits. */
  read(object: string, name: string, nullable: boolean): string {
    const key = JSON.stringify(name)
    if (name in Object.prototype) return `(Object.hasOwn(${object}, ${key}) ? ${object}[${key}] : null)`
    return nullable ? `(${object}[${key}] ?? null)` : `${object}[${key}]`
  }

  finish(result: string): string {
    const reads = [...this.columns].map(([name, local]) => `const ${local} = ${this.read("row", name, true)}`)
    const body = [...reads, ...this.lines, `return ${result}`].join("\n")
    const constants = [...this.constants].map(([text, name]) => `const ${name} = ${text}`)
    const before = [...libraryTexts(this.library), ...constants].join("\n")
    return `(() => {\n"use strict"\n${before}\nreturn (row) => {\n${body}\n}\n})()`
  }
}
