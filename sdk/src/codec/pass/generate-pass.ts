import type { AvroType } from "../../avro/type.ts"
import { CodeBuilder, propertyKey, propertyOf } from "../code-builder.ts"
import { defineReader, defineWriter, resolved } from "../generate-value.ts"
import { ReadCode } from "../read-code.ts"
import { maxDatumBytes } from "../runtime-reader.ts"
import { openScope, SkipCode } from "../skip-code.ts"
import type { View } from "../view.ts"
import { WriteCode } from "../write-code.ts"
import { type Column, PassShape, type PassStep } from "./pass-shape.ts"

/** Texts by which neighbouring nodes run record by record, in one pass over their frame. */
export interface PassText {
  /**
   * For the first node's realm: `{ link(steps), run(bytes, start, end, origin), write(bytes, sink), sizes }`. `run` walks the record, calls
   * steps while they let it pass, and answers how many did; -1 where one cannot. Where all did, `write` appends what the last one
   * gives, for the record that was run last, and answers whether it could; afterwards its sink has to be cut back where it could not.
   * `size(step)`: bytes of the values that a step but the last gave since `begin()`.
   */
  readonly pass: string
  /**
   * For each node's own realm: `{ open(call, isMap), isSame, begin(bytes), run(origin, start, end, ...places), write0(sink), … }`. `run`
   * reads what the body wants, each field at its place, calls `call(value, origin)`, and answers 1 where the record goes on, 0 where it
   * is dropped, by a node that gives it as it `isSame` and is no map; 2 where neither can be told. `writeN` appends the N-th field that
   * the node writes, of the last result, and answers whether it could.
   */
  readonly steps: readonly string[]
}

/** Neighbours of a segment that make up a pass, and its texts. */
export interface Pass extends PassText {
  /** Place of the first. */
  readonly first: number
}

/** The passes of a run of nodes, by the views of their one input; undefined: the node is of none. Each is of two nodes at least. */
export function passesOf(views: readonly (View | undefined)[]): readonly Pass[] {
  const passes: Pass[] = []
  let first = 0
  let shape: PassShape | undefined
  const close = (next: number) => {
    if (shape !== undefined && shape.steps.length > 1) passes.push({ first, ...generatePass(shape) })
    shape = undefined
    first = next
  }
  for (const [place, view] of views.entries()) {
    const longer = view === undefined ? undefined : shape?.with(view)
    if (longer === undefined) close(place)
    shape = longer ?? (view === undefined ? undefined : PassShape.of(view))
  }
  close(views.length)
  return passes
}

export function generatePass(shape: PassShape): PassText {
  return { pass: new PassCode(shape).text(), steps: shape.steps.map(stepText) }
}

/** A run of the output: of the source's bytes, or a field that a step writes. */
type Piece =
  | { readonly form: "copy"; readonly first: number; readonly last: number }
  | { readonly form: "write"; readonly name: string }

class PassCode {
  private readonly code = new CodeBuilder()
  private readonly shape: PassShape
  private readonly skip = new SkipCode(this.code)
  /** Source's field (or their number: the end) -> the variable that keeps where it begins. */
  private readonly marks = new Map<number, string>()

  constructor(shape: PassShape) {
    this.shape = shape
  }

  text(): string {
    const { code, shape } = this
    const { steps } = shape
    defineReader(code)
    const calls = steps.map((step, number) => this.call(step, number))
    const sizes = steps.slice(0, -1).map((step) => this.size(step))
    const writes = piecesOf(shape.columns)
    const written = writes.map((piece) => this.written(piece))
    const walk = this.walk()
    const fields = steps.flatMap(({ writes: own }, step) => own.map((_, write) => ({ step, write })))
    const names = [
      ...this.marks.values(),
      ...steps.map((_, step) => `z${step}`),
      ...fields.map(({ step, write }) => `l${step}_${write}`)
    ]
    code.define(`let ${names.map((name) => `${name} = 0`).join(", ")}`)
    const functions = [
      ...steps.map((_, step) => `run${step}`),
      ...fields.map(({ step, write }) => `write${step}_${write}`)
    ]
    code.define(`let ${functions.join(", ")}`)
    const isLate = ({ columns }: PassStep) => columns.some(({ from }) => from === "step")
    const sum = (step: number) => `z${step} += ${sizes[step] ?? "0"}`
    const early = (step: PassStep, number: number) =>
      number < steps.length - 1 && !isLate(step) ? [sum(number)] : []
    const members = [
      [
        "link(steps) {",
        ...steps.map((_, step) => `run${step} = steps[${step}].run`),
        ...fields.map(({ step, write }) => `write${step}_${write} = steps[${step}].write${write}`),
        "}"
      ],
      ["begin() {", ...steps.map((_, step) => `z${step} = 0`), "}"],
      [
        "run(bytes, start, end, origin) {",
        "try {",
        "r.open(bytes, start, end)",
        openScope,
        ...walk,
        "r.at = p; r.close()",
        ...calls.flatMap((call, step) => [
          `t = ${call}`,
          `if (t !== 1) return t === 0 ? ${step} : -1`,
          ...early(steps[step]!, step)
        ]),
        `return ${steps.length}`,
        "} catch { return -1 }",
        "}"
      ],
      [
        "write(bytes, o) {",
        "try {",
        "const start = r.start, end = r.end, begun = o.length",
        "let at = 0",
        ...written,
        ...steps.flatMap((step, number) => (number < steps.length - 1 && isLate(step) ? [sum(number)] : [])),
        `return o.length - begun <= ${maxDatumBytes}`,
        "} catch { return false }",
        "}"
      ],
      [
        "size(step) {",
        "switch (step) {",
        ...steps.map((_, step) => `case ${step}: return z${step}`),
        "}",
        "return 0",
        "}"
      ],
      [`isWhole: ${isWhole(shape)}`]
    ]
    return code.text(members.map((lines) => lines.join("\n")).join(",\n"))
  }

  /** Where each of the source's fields that is asked for begins. */
  private mark(index: number): string {
    const known = this.marks.get(index)
    if (known !== undefined) return known
    const made = this.code.name("m")
    this.marks.set(index, made)
    return made
  }

  private call({ reads }: PassStep, number: number): string {
    const places = reads.map((index) => `, ${this.mark(index)}`).join("")
    return `run${number}(origin, start, end${places})`
  }

  /** Bytes of the value that a step gives. */
  private size({ columns }: PassStep): string {
    const parts = piecesOf(columns).map((piece) => {
      if (piece.form === "write") return `l${piece.name}`
      const begin = piece.first === 0 ? "start" : this.mark(piece.first)
      const isLast = piece.last + 1 === this.shape.source.fields.length
      return `${isLast ? "end" : this.mark(piece.last + 1)} - ${begin}`
    })
    return parts.length === 0 ? "0" : parts.join(" + ")
  }

  private written(piece: Piece): string {
    if (piece.form === "copy")
      return `o.copyWords(bytes, r.view, ${this.mark(piece.first)}, ${this.mark(piece.last + 1)})`
    return `at = o.length; if (!write${piece.name}(o)) return false; l${piece.name} = o.length - at`
  }

  /** Steps over the source's fields, and keeps the marks. */
  private walk(): string[] {
    const { fields } = this.shape.source
    const statements: string[] = []
    let skipped: AvroType[] = []
    const flush = () => {
      if (skipped.length > 0) statements.push(this.skip.all(skipped))
      skipped = []
    }
    for (const [index, field] of fields.entries()) {
      const mark = this.marks.get(index)
      if (mark !== undefined) {
        flush()
        statements.push(`${mark} = p`)
      }
      skipped.push(field.type)
    }
    flush()
    const end = this.marks.get(fields.length)
    return end === undefined ? statements : [...statements, `${end} = p`]
  }
}

/** Neighbouring copies of neighbouring fields joined to one. */
const piecesOf = (columns: readonly Column[]): readonly Piece[] => {
  const pieces: Piece[] = []
  for (const column of columns) {
    const previous = pieces.at(-1)
    if (column.from === "step") pieces.push({ form: "write", name: `${column.step}_${column.write}` })
    else if (previous?.form === "copy" && previous.last + 1 === column.index)
      pieces.splice(-1, 1, { ...previous, last: column.index })
    else pieces.push({ form: "copy", first: column.index, last: column.index })
  }
  return pieces
}

/** Whether what comes out is the value that went in. */
const isWhole = ({ columns, source }: PassShape): boolean =>
  columns.length === source.fields.length &&
  columns.every((column, place) => column.from === "source" && column.index === place)

const stepText = ({ reads, view, writes }: PassStep): string => {
  const code = new CodeBuilder()
  defineReader(code)
  defineWriter(code)
  code.define("let call, bytes, x, passes = false")
  const read = new ReadCode(code)
  const write = new WriteCode(code)
  const record = view.writer
  const wanted = view.reads.form === "fields" && record.kind === "record" ? view.reads.fields : []
  const values = wanted.map(({ as, field, type }, place) => {
    const written = record.kind === "record" ? record.fields.find(({ name }) => name === field) : undefined
    const variable = code.name("f")
    const plan = resolved(written?.type ?? record, type, field)
    const statements = [`let ${variable}`, `p = place${place}`, read.value(plan, variable)]
    return { statements, property: `${propertyKey(as)}: ${variable}` }
  })
  const places = reads.map((_, place) => `, place${place}`).join("")
  const isSame = view.output === "same"
  const result = isSame
    ? ["if (passes || a === true) return 1", "return a === false ? 0 : 2"]
    : [...(writes.length === 0 ? [] : [`${code.use("checkRecord")}(a)`, "x = a"]), "return 1"]
  const members = [
    ["open(given, isMap) { call = given; passes = isMap }"],
    [`isSame: ${isSame}`],
    ["begin(frame) { bytes = frame; x = undefined }"],
    [
      `run(origin, start, end${places}) {`,
      "try {",
      // What reads nothing walks over nothing.
      ...(writes.length === 0 ? [] : ["w.items = 0"]),
      ...(values.length === 0 ? [] : ["r.open(bytes, start, end)", openScope, "let s = 0"]),
      ...values.flatMap(({ statements }) => statements),
      `const a = call({ ${values.map(({ property }) => property).join(", ")} }, origin)`,
      ...result,
      "} catch { return 2 }",
      "}"
    ],
    ...writes.map(({ field, property }, number) => [
      `write${number}(o) {`,
      "try {",
      // Limits count over all fields of a result.
      "w.start = o.length; w.depth = 0",
      `let s = 0, f = ${propertyOf(code, "x", property)}`,
      write.field(field, "f"),
      "w.close(o)",
      "return true",
      "} catch { return false }",
      "}"
    ])
  ]
  return code.text(members.map((lines) => lines.join("\n")).join(",\n"))
}
