import { parsingCanonicalForm } from "../../avro/canonical-form.ts"
import type { AvroField, RecordType } from "../../avro/type.ts"
import type { View } from "../view.ts"

/** Where a field of a record within a pass comes from: the record that the pass was given, or a step's result. */
export type Column =
  | { readonly from: "source"; readonly index: number }
  | { readonly from: "step"; readonly step: number; readonly write: number }

/** A field that a step writes from its body's result. */
export interface StepWrite {
  readonly field: AvroField
  /** Of the body's result. */
  readonly property: string
}

/** One node of a pass. */
export interface PassStep {
  readonly view: View
  /** Of each field that its body reads, the source's, by index. */
  readonly reads: readonly number[]
  readonly writes: readonly StepWrite[]
  /** The record that it gives, field by field. */
  readonly columns: readonly Column[]
}

/**
 * What a run of neighbouring nodes does to a record, followed field by field: the nodes can be run record by record, each reading from the
 * bytes of the record that the first was given, and only what the last one gives is written. That is so while
 * - each reads some fields of a record, none of which an earlier one of them wrote: what is written is read as Avro has it;
 * - what one writes stays in the record: it is checked when it is written;
 * - none that may drop records comes after one that writes: what a dropped record's result was would be checked by nobody.
 */
export class PassShape {
  readonly source: RecordType
  readonly steps: readonly PassStep[]

  private constructor(source: RecordType, steps: readonly PassStep[]) {
    this.source = source
    this.steps = steps
  }

  /** Of a first node; undefined where it is of no pass. */
  static of(view: View): PassShape | undefined {
    return view.writer.kind === "record" ? new PassShape(view.writer, []).with(view) : undefined
  }

  /** With another node after these; undefined where it cannot be of the same pass. */
  with(view: View): PassShape | undefined {
    const columns = this.columns
    const record = view.writer
    if (record.kind !== "record" || view.reads.form !== "fields" || view.output === "none") return undefined
    if (!this.gives(record)) return undefined
    const indexOf = (name: string): number => record.fields.findIndex((field) => field.name === name)
    const reads: number[] = []
    for (const { field } of view.reads.fields) {
      const column = columns[indexOf(field)]
      if (column?.from !== "source") return undefined
      reads.push(column.index)
    }
    const isWritten = columns.some(({ from }) => from === "step")
    if (view.output === "same") {
      // It may be a filter.
      if (isWritten) return undefined
      return this.and({ view, reads, writes: [], columns })
    }
    const { copies, from = {}, schema } = view.output
    const writes: StepWrite[] = []
    const given: Column[] = []
    for (const field of schema.fields) {
      const copied = Object.hasOwn(copies, field.name) ? copies[field.name] : undefined
      if (copied === undefined) {
        given.push({ from: "step", step: this.steps.length, write: writes.length })
        writes.push({ field, property: Object.hasOwn(from, field.name) ? from[field.name]! : field.name })
        continue
      }
      const column = columns[indexOf(copied)]
      // What a step writes is written once.
      if (column === undefined || (column.from === "step" && given.includes(column))) return undefined
      given.push(column)
    }
    const stays = columns.every((column) => column.from === "source" || given.includes(column))
    return stays ? this.and({ view, reads, writes, columns: given }) : undefined
  }

  /** What the last step gives. */
  get columns(): readonly Column[] {
    const last = this.steps.at(-1)
    return last?.columns ?? this.source.fields.map((_, index) => ({ from: "source", index }) as const)
  }

  /** Whether the last step gives what a node was planned for. */
  private gives(record: RecordType): boolean {
    const last = this.steps.findLast(({ view }) => typeof view.output !== "string")
    const output = last === undefined ? this.source : last.view.output
    return typeof output !== "string" && sameFields("schema" in output ? output.schema : output, record)
  }

  private and(step: PassStep): PassShape {
    return new PassShape(this.source, [...this.steps, step])
  }
}

const sameFields = (given: RecordType, wanted: RecordType): boolean =>
  given === wanted ||
  (given.fields.length === wanted.fields.length &&
    given.fields.every(
      ({ name, type }, index) =>
        name === wanted.fields[index]?.name &&
        parsingCanonicalForm(type) === parsingCanonicalForm(wanted.fields[index].type)
    ))
