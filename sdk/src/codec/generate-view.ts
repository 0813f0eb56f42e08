import { parsingCanonicalForm } from "../avro/canonical-form.ts"
import type { FieldStep, Resolution } from "../avro/resolution.ts"
import type { AvroField, AvroType, RecordType } from "../avro/type.ts"
import { CodeBuilder, literal, propertyKey, propertyOf } from "./code-builder.ts"
import { CodecError } from "./codec-error.ts"
import { defaultLiteral } from "./default-literal.ts"
import { EchoCode } from "./echo-code.ts"
import { defineReader, defineWriter, resolved } from "./generate-value.ts"
import { ReadCode } from "./read-code.ts"
import { openScope } from "./skip-code.ts"
import type { OutputView, View } from "./view.ts"
import { WriteCode } from "./write-code.ts"

/** What is done with one field of the writer's record: read, as often as it is asked for, or stepped over. */
interface FieldRead {
  readonly plan: Resolution
  readonly variable: string
  /** The reader's field, whose own checks apply. */
  readonly field: AvroField | undefined
}

/** A piece of the output: a run of the writer's fields, by index, copied as bytes; or a field from the body's result. */
type Piece =
  | { readonly form: "copy"; readonly first: number; readonly last: number }
  | { readonly form: "write"; readonly field: AvroField; readonly property: string; readonly index: number }

type WritePiece = Extract<Piece, { readonly form: "write" }>

/**
 * Text of a view's codec: `{ read(bytes, start, end) }`, and where the view has an output record also
 * `spliceLast(bytes, result, sink)`, for the record that `read` was called with last, and
 * `splice(bytes, start, end, result, sink)`, for any. Both append the output record; what is copied goes over as bytes.
 * A view that `echoes` has `echoLast(bytes, result, sink)`, which is `spliceLast` for a result that is whole, where what it reads is.
 * Where no field comes, goes or moves (but for its name), also `patchLast(result, scratch, out, shift)`, for a copy of the record
 * that was read last: gives the fields that change to `out.patch`, each with its place, `shift` bytes further than it was read. Answers
 * false, with some of them given, when one has another size now.
 * Fields that are neither read nor copied are stepped over, their lengths checked.
 * Throws a {@link CodecError} when the view does not fit its writer's schema.
 */
export function generateView(view: View): string {
  const code = new CodeBuilder()
  return new ViewCode(code, view).text()
}

class ViewCode {
  private readonly code: CodeBuilder
  private readonly view: View
  private readonly read: ReadCode
  private readonly pieces: readonly Piece[]
  private readonly isPatchable: boolean
  private readonly echo: EchoCode | undefined
  /** Writer's field index (or the number of fields: the end) -> the variable that keeps where it begins. */
  private readonly marks: ReadonlyMap<number, string>

  constructor(code: CodeBuilder, view: View) {
    this.code = code
    this.view = view
    this.echo = echoOf(code, view)
    // Where results are patched, texts that stay are not written.
    this.read = new ReadCode(code, { echoes: this.echo?.isPatchable !== true })
    this.pieces = typeof view.output === "string" ? [] : piecesOf(view.output, view.writer)
    this.isPatchable = typeof view.output !== "string" && isInPlace(this.pieces, view.writer)
    const marks = new Map<number, string>()
    for (const piece of this.pieces) {
      const ends =
        piece.form === "copy"
          ? [piece.first, piece.last + 1]
          : this.isPatchable
            ? [piece.index, piece.index + 1]
            : []
      for (const index of ends) if (!marks.has(index)) marks.set(index, code.name("m"))
    }
    for (const index of this.echo?.marks ?? []) if (!marks.has(index)) marks.set(index, code.name("m"))
    this.marks = marks
  }

  text(): string {
    defineReader(this.code)
    if (this.marks.size > 0)
      this.code.define(`let ${[...this.marks.values()].map((each) => `${each} = 0`).join(", ")}`)
    this.echo?.define()
    const members = [this.readMember()]
    if (this.echo !== undefined) members.push(...this.echoMembers(this.echo))
    if (typeof this.view.output !== "string") members.push(...this.spliceMembers())
    return this.code.text(members.join(",\n"))
  }

  private readMember(): string {
    const reads = this.view.reads
    if (reads.form === "fields") return this.readFields(reads.fields)
    const plan = resolved(this.view.writer, reads.reader, "")
    if (plan.action === "record" && this.marks.size > 0) return this.readWhole(plan)
    if (this.marks.size > 0) {
      throw new CodecError(
        "NOT_A_RECORD",
        "",
        "fields can be copied only where both the writer's and the reader's schema is a record"
      )
    }
    return member(["let v", this.read.value(plan, "v"), "r.at = p; r.close()", "return v"])
  }

  private readFields(fields: Extract<View["reads"], { form: "fields" }>["fields"]): string {
    const writer = recordOf(this.view.writer)
    const wanted = new Map<number, FieldRead[]>()
    const properties: string[] = []
    for (const each of fields) {
      const index = fieldIndex(writer, each.field)
      const plan = resolved(writer.fields[index].type, each.type, each.field)
      const variable = this.code.name("f")
      wanted.set(index, [...(wanted.get(index) ?? []), { plan, variable, field: undefined }])
      properties.push(`${propertyKey(each.as)}: ${variable}`)
    }
    return this.readRecord(writer, wanted, `{ ${properties.join(", ")} }`)
  }

  private readWhole(plan: Extract<Resolution, { action: "record" }>): string {
    const wanted = new Map<number, FieldRead[]>()
    const values = new Map<number, string>()
    for (const step of plan.steps.filter(isRead)) {
      const variable = this.code.name("f")
      values.set(step.readerIndex, variable)
      wanted.set(step.writerIndex, [
        { plan: step.value, variable, field: plan.reader.fields[step.readerIndex] }
      ])
    }
    for (const each of plan.defaults)
      values.set(each.readerIndex, defaultLiteral(this.code, each.type, each.value))
    const properties = plan.reader.fields.map(
      (field, index) => `${propertyKey(field.name)}: ${values.get(index) ?? "null"}`
    )
    const kept = this.echo?.keep((index) => wanted.get(index)?.[0]?.variable ?? "undefined")
    return this.readRecord(plan.writer, wanted, `{ ${properties.join(", ")} }`, kept)
  }

  private readRecord(
    writer: RecordType,
    wanted: ReadonlyMap<number, readonly FieldRead[]>,
    result: string,
    kept: readonly string[] = []
  ): string {
    const variables = [...wanted.values()].flat().map((each) => each.variable)
    return member([
      `let s = 0${variables.map((each) => `, ${each}`).join("")}`,
      "try {",
      ...this.walk(writer, wanted),
      "r.at = p",
      `} catch (error) { throw ${this.within(writer)} }`,
      "r.close()",
      ...kept,
      `return ${result}`
    ])
  }

  private within(writer: RecordType): string {
    const names = this.code.constant(literal(writer.fields.map((field) => field.name)))
    return `${this.code.use("faultWithin")}(error, ${names}[s])`
  }

  /** Walks the writer's fields in order: reads what is wanted, steps over the rest, and keeps the marks. */
  private walk(writer: RecordType, wanted: ReadonlyMap<number, readonly FieldRead[]>): string[] {
    const statements: string[] = []
    let skipped: AvroType[] = []
    const flush = () => {
      if (skipped.length > 0) statements.push(this.read.skip.all(skipped))
      skipped = []
    }
    for (const [index, field] of writer.fields.entries()) {
      const reads = wanted.get(index) ?? []
      const mark = this.marks.get(index)
      if (mark !== undefined || reads.length > 0) flush()
      if (mark !== undefined) statements.push(`${mark} = p`)
      if (skipped.length === 0) statements.push(`s = ${index}`)
      if (reads.length === 0) skipped.push(field.type)
      else statements.push(...this.readTimes(reads))
    }
    flush()
    const end = this.marks.get(writer.fields.length)
    if (end !== undefined) statements.push(`${end} = p`)
    return statements
  }

  private readTimes(reads: readonly FieldRead[]): string[] {
    const statements = reads.map((each) =>
      this.read.field(each.plan, each.field?.attributes ?? {}, each.variable)
    )
    if (reads.length === 1) return statements
    const place = this.code.name("p")
    return [`const ${place} = p`, statements.join(`\np = ${place}\n`)]
  }

  private spliceMembers(): string[] {
    defineWriter(this.code)
    const write = new WriteCode(this.code)
    const writes = this.pieces.filter((each) => each.form === "write")
    const names = writes.map((each) => each.property)
    const written = (piece: WritePiece): string => {
      const variable = this.code.name("f")
      const get = `s = ${writes.indexOf(piece)}; let ${variable} = ${propertyOf(this.code, "x", piece.property)}`
      return `${get}\n${write.field(piece.field, variable)}`
    }
    const guarded = (statements: readonly string[]) => this.guarded(names, statements)
    const splices = this.pieces.map((piece) =>
      piece.form === "copy"
        ? `o.copyWords(bytes, r.view, ${this.mark(piece.first)}, ${this.mark(piece.last + 1)})`
        : written(piece)
    )
    const last = ["spliceLast(bytes, x, o) {", ...guarded(splices), "w.close(o)", "}"].join("\n")
    if (!this.isPatchable) return [last, this.spliceMember()]
    const patches = writes.map((piece) => {
      const [start, end] = [this.mark(piece.index), this.mark(piece.index + 1)]
      const put = `out.patch(${start} + shift, o)`
      return `o.length = 0\n${written(piece)}\nif (o.length !== ${end} - ${start}) return false\n${put}`
    })
    const patch = ["patchLast(x, o, out, shift) {", ...guarded(patches), "return true", "}"].join("\n")
    return [last, this.spliceMember(), patch]
  }

  private echoMembers(echo: EchoCode): readonly string[] {
    defineWriter(this.code)
    return echo.members(
      new WriteCode(this.code),
      (index) => this.mark(index),
      (names, statements) => this.guarded(names, statements)
    )
  }

  /** Statements that write fields of the result; a fault says the name of the one in hand. */
  private guarded(names: readonly string[], statements: readonly string[]): readonly string[] {
    const table = this.code.constant(literal(names))
    return [
      "w.open(o)",
      "let s = 0",
      ...(names.length === 0 ? [] : [`${this.code.use("checkRecord")}(x)`]),
      "try {",
      ...statements,
      `} catch (error) { throw ${this.code.use("faultWithin")}(error, ${table}[s]) }`
    ]
  }

  private mark(index: number): string {
    return this.marks.get(index) ?? ""
  }

  private spliceMember(): string {
    const head = "splice(bytes, start, end, x, o) {"
    if (this.marks.size === 0) return `${head}\nthis.spliceLast(bytes, x, o)\n}`
    const writer = recordOf(this.view.writer)
    const lines = [
      head,
      "r.open(bytes, start, end)",
      openScope,
      "let s = 0",
      "try {",
      ...this.walk(writer, new Map()),
      "r.at = p",
      `} catch (error) { throw ${this.within(writer)} }`,
      "r.close()",
      "this.spliceLast(bytes, x, o)",
      "}"
    ]
    return lines.join("\n")
  }
}

function echoOf(code: CodeBuilder, { echoes, output, reads, writer }: View): EchoCode | undefined {
  if (echoes === undefined || output !== "none" || reads.form !== "whole") return undefined
  const plan = resolved(writer, reads.reader, "")
  return plan.action === "record" ? new EchoCode(code, echoes, plan) : undefined
}

function member(lines: readonly string[]): string {
  return ["read(bytes, start, end) {", "r.open(bytes, start, end)", openScope, ...lines, "}"].join("\n")
}

function isRead(step: FieldStep): step is Extract<FieldStep, { step: "read" }> {
  return step.step === "read"
}

function recordOf(type: AvroType): RecordType {
  if (type.kind === "record") return type
  throw new CodecError("NOT_A_RECORD", "", `fields of a ${type.kind} were asked for`)
}

function fieldIndex(record: RecordType, name: string): number {
  const index = record.fields.findIndex((field) => field.name === name)
  if (index >= 0) return index
  throw new CodecError("UNKNOWN_FIELD", name, `${record.name} has no such field`)
}

/** The output in order, neighbouring copies of neighbouring fields joined to one. */
function piecesOf(output: OutputView, writerType: AvroType): readonly Piece[] {
  const pieces: Piece[] = []
  for (const [place, field] of output.schema.fields.entries()) {
    if (!Object.hasOwn(output.copies, field.name)) {
      const property =
        output.from !== undefined && Object.hasOwn(output.from, field.name)
          ? output.from[field.name]
          : field.name
      pieces.push({ form: "write", field, property, index: place })
      continue
    }
    const index = copiedIndex(recordOf(writerType), output.copies[field.name], field)
    const previous = pieces.at(-1)
    if (previous?.form === "copy" && previous.last + 1 === index)
      pieces.splice(-1, 1, { ...previous, last: index })
    else pieces.push({ form: "copy", first: index, last: index })
  }
  for (const name of Object.keys(output.copies)) fieldIndex(output.schema, name)
  return pieces
}

/** Each field that is written is where the writer has one, and most are copied. */
function isInPlace(pieces: readonly Piece[], writer: AvroType): boolean {
  if (writer.kind !== "record") return false
  let next = 0
  let written = 0
  for (const piece of pieces) {
    if (piece.form === "copy" && piece.first !== next) return false
    if (piece.form === "write") written += 1
    next = piece.form === "copy" ? piece.last + 1 : next + 1
  }
  return next === writer.fields.length && written * 2 <= next
}

function copiedIndex(writer: RecordType, name: string, field: AvroField): number {
  const index = fieldIndex(writer, name)
  if (parsingCanonicalForm(writer.fields[index].type) === parsingCanonicalForm(field.type)) return index
  throw new CodecError(
    "DIFFERENT_SCHEMA",
    field.name,
    `cannot be copied from ${name}, whose schema is another`
  )
}
