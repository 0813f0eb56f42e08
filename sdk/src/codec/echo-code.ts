import { parsingCanonicalForm } from "../avro/canonical-form.ts"
import type { RecordResolution } from "../avro/resolution.ts"
import { sameType } from "../avro/same.ts"
import type { AvroField, AvroType, RecordType } from "../avro/type.ts"
import { propertyOf } from "./code-builder.ts"
import type { CodeBuilder } from "./code-builder.ts"
import type { WriteCode } from "./write-code.ts"

/** A field of the output: where the body gives the value that it was given, the bytes of the writer's field are it. */
interface EchoField {
  readonly field: AvroField
  /** The writer's field; undefined: it is always written. */
  readonly index: number | undefined
  /** The variable that keeps the value that was read. */
  readonly kept: string
}

/**
 * The text of `echoLast` and, where the output has the writer's own fields in their order, of `patchLast`: an output that is written
 * whole, of a record that was read whole. Most bodies give most of what they were given on as it is; that is known by `===`, and its bytes are
 * copied, in runs. INVARIANT: only of values that nobody can change, and of which no two are equal that are written differently: no
 * floats, for -0 and NaN.
 */
export class EchoCode {
  readonly isPatchable: boolean
  private readonly code: CodeBuilder
  private readonly fields: readonly EchoField[]

  constructor(code: CodeBuilder, output: RecordType, plan: RecordResolution) {
    this.code = code
    this.fields = output.fields.map((field) => {
      const index = echoedIndex(field, plan)
      return { field, index, kept: index === undefined ? "" : code.name("k") }
    })
    const { fields } = plan.writer
    const isAligned =
      this.fields.length === fields.length &&
      this.fields.every(({ field, index }, place) =>
        index === undefined ? hasBytesOf(fields[place].type, field.type) : index === place
      )
    const written = this.fields.filter(({ index }) => index === undefined).length
    this.isPatchable = isAligned && written * 2 <= fields.length
  }

  /** Declares what keeps the values. */
  define(): void {
    const kept = this.fields.flatMap(({ index, kept: name }) => (index === undefined ? [] : [name]))
    if (kept.length > 0) this.code.define(`let ${kept.join(", ")}`)
  }

  /** The writer's fields of which it is to be known where they begin; the number of fields: the end. */
  get marks(): readonly number[] {
    return this.fields.flatMap(({ index }, place) => {
      if (index !== undefined) return [index, index + 1]
      return this.isPatchable ? [place, place + 1] : []
    })
  }

  /** Statements that keep what was read; `read` names the variable of a writer's field that has it. */
  keep(read: (writerIndex: number) => string): readonly string[] {
    return this.fields.flatMap(({ index, kept }) => (index === undefined ? [] : [`${kept} = ${read(index)}`]))
  }

  /** `guarded` puts statements, which say by `s` whose name to tell, between what opens and what catches. */
  members(
    write: WriteCode,
    mark: (writerIndex: number) => string,
    guarded: (names: readonly string[], statements: readonly string[]) => readonly string[]
  ): readonly string[] {
    const names = this.fields.map(({ field }) => field.name)
    const flush = "if (z >= 0) o.copyWords(bytes, r.view, a, z)"
    const echoes = this.fields.map((each, place) => {
      const { text, variable } = this.written(write, each, place)
      const anew = `${flush}\nz = -1\n${text}`
      if (each.index === undefined) return `${this.get(each, place, variable)}\n${anew}`
      const [start, end] = [mark(each.index), mark(each.index + 1)]
      const stays = `if (z !== ${start}) { ${flush}\na = ${start} }\nz = ${end}`
      return `${this.get(each, place, variable)}\nif (${variable} === ${each.kept}) { ${stays} } else { ${anew} }`
    })
    const echo = ["let a = 0, z = -1", ...guarded(names, [...echoes, flush])]
    const members = [["echoLast(bytes, x, o) {", ...echo, "w.close(o)", "}"].join("\n")]
    if (!this.isPatchable) return members
    const patches = this.fields.map((each, place) => {
      const { text, variable } = this.written(write, each, place)
      const [start, end] = [mark(place), mark(place + 1)]
      const patch = `o.length = 0\n${text}\nif (o.length !== ${end} - ${start}) return false\nout.patch(${start} + shift, o)`
      const test = each.index === undefined ? patch : `if (${variable} !== ${each.kept}) { ${patch} }`
      return `${this.get(each, place, variable)}\n${test}`
    })
    const patch = ["patchLast(x, o, out, shift) {", ...guarded(names, patches), "return true", "}"]
    return [...members, patch.join("\n")]
  }

  private written(write: WriteCode, { field }: EchoField, place: number) {
    const variable = this.code.name(`e${place}_`)
    return { variable, text: write.field(field, variable) }
  }

  private get({ field }: EchoField, place: number, variable: string): string {
    return `s = ${place}; let ${variable} = ${propertyOf(this.code, "x", field.name)}`
  }
}

/** The writer's field whose bytes are the output field's where the values are equal. */
function echoedIndex(field: AvroField, { reader, steps, writer }: RecordResolution): number | undefined {
  const step = steps.find(
    (each) => each.step === "read" && reader.fields[each.readerIndex].name === field.name
  )
  if (step?.step !== "read" || !isEchoed(field.type)) return undefined
  const read = reader.fields[step.readerIndex]
  // What was checked when it was read needs no other check.
  const isSame =
    sameType(read.type, field.type) && JSON.stringify(read.attributes) === JSON.stringify(field.attributes)
  return isSame && hasBytesOf(writer.fields[step.writerIndex].type, field.type) ? step.writerIndex : undefined
}

function hasBytesOf(writer: AvroType, type: AvroType): boolean {
  return parsingCanonicalForm(writer) === parsingCanonicalForm(type)
}

function isEchoed(type: AvroType): boolean {
  switch (type.kind) {
    case "null":
    case "boolean":
    case "int":
    case "long":
    case "string":
    case "enum":
      return true
    case "union":
      return type.branches.length === 2 && type.branches.some(isNull) && type.branches.every(isEchoed)
    default:
      return false
  }
}

const isNull = (type: AvroType): boolean => type.kind === "null"
