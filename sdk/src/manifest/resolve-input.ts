import { resolve } from "../avro/resolve.ts"
import type { AvroField, AvroType, RecordType } from "../avro/type.ts"
import type { ReadField, Reads } from "../codec/view.ts"
import { didYouMean } from "../expression/nearest.ts"
import { adoptNames, adoptRecordNames } from "./adopt-names.ts"
import { fieldName, fieldPath } from "./field-name.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeProblems } from "./node-problems.ts"
import type { NodeRequest, NodeStream } from "./node-resolution.ts"

type ManifestInput = PluginManifest["inputs"][number]
type OpenReads = Extract<ManifestInput["contract"], { readonly form: "open" }>["reads"]

/** An input against the stream that arrives: what is read, and the row that expressions see. */
export interface InputPlan {
  readonly name: string
  readonly stream: NodeStream
  readonly contract: ManifestInput["contract"]
  readonly reads: Reads
  /** The fields that an expression may name, with the types that the body's value gives them. */
  readonly row: RecordType
}

export const planInput = (
  input: ManifestInput,
  request: NodeRequest,
  problems: NodeProblems
): InputPlan | undefined => {
  const { name, contract } = input
  const stream = Object.hasOwn(request.inputs, name) ? request.inputs[name] : undefined
  if (stream === undefined) {
    return problems.add(
      "INPUT_MISSING",
      `input/${name}`,
      `nothing comes to the input ${name}`,
      "Name a node or a stream in from."
    )
  }
  const plan = { name, stream, contract }
  if (contract.form === "closed") {
    const reader = closedReader(contract.schema, stream, `input/${name}`, contract.subject, problems)
    return reader && { ...plan, reads: { form: "whole", reader }, row: reader }
  }
  if (contract.form === "open") {
    const reads = openReads(contract.reads, name, stream, request.config, problems)
    return reads && { ...plan, reads: { form: "fields", fields: reads }, row: rowOf(stream.schema, reads) }
  }
  return { ...plan, reads: derivedReads(name, stream, request, problems), row: stream.schema }
}

/** The contract's schema, ready to read the stream by structure; a problem for each field that does not fit. */
export const closedReader = (
  schema: unknown,
  stream: NodeStream,
  path: string,
  subject: string,
  problems: NodeProblems
): RecordType | undefined => {
  const declared = problems.record(schema, path, `the contract ${subject}`)
  if (declared === undefined) return undefined
  const reader = adoptRecordNames(stream.schema, declared)
  const result = resolve(stream.schema, reader)
  if ("ok" in result) return reader
  for (const error of result.errors) {
    const where = error.path === "" ? "" : `${error.path}: `
    problems.add(
      "SCHEMA_MISMATCH",
      path,
      `${subject} cannot read this stream: ${where}${error.message}`,
      "Put a node between that gives the missing or converted field (project, rename)."
    )
  }
  return undefined
}

const openReads = (
  reads: OpenReads,
  input: string,
  stream: NodeStream,
  config: unknown,
  problems: NodeProblems
): readonly ReadField[] | undefined => {
  const before = problems.list.length
  const fields = reads.flatMap(({ as, from, schema }) => {
    const name = fieldName(from, config, problems)
    const type = problems.avro(schema, `input/${input}`, `the field ${as}`)
    if (name === undefined || type === undefined) return []
    const path = fieldPath(from, `input/${input}`)
    const field = fieldOf(stream.schema, name, path, problems)
    return field === undefined ? [] : [readField(as, field, type, path, problems)]
  })
  return problems.list.length === before ? fields : undefined
}

const readField = (
  as: string,
  field: AvroField,
  declared: AvroType,
  path: string,
  problems: NodeProblems
): ReadField => {
  const type = adoptNames(field.type, declared)
  const result = resolve(field.type, type)
  if (!("ok" in result)) {
    const reasons = result.errors.map((error) => (error.path === "" ? "" : `${error.path}: `) + error.message)
    problems.add(
      "SCHEMA_MISMATCH",
      path,
      `the field ${field.name} does not fit: ${reasons.join("; ")}`,
      "Convert it in a node before this one: CAST(x AS …)."
    )
  }
  return { as, field: field.name, type }
}

/** A field of a record; a problem with the nearest names when there is none. */
export const fieldOf = (
  record: RecordType,
  name: string,
  path: string,
  problems: NodeProblems
): AvroField | undefined => {
  const field = record.fields.find((candidate) => candidate.name === name)
  if (field !== undefined) return field
  const names = record.fields.map((candidate) => candidate.name)
  const hint = didYouMean(name, names)
  return problems.add(
    "UNKNOWN_FIELD",
    path,
    `the stream has no field ${JSON.stringify(name)}${hint === undefined ? "" : `: ${hint}`}`,
    `The fields are ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}.`
  )
}

const derivedReads = (
  name: string,
  stream: NodeStream,
  request: NodeRequest,
  problems: NodeProblems
): Reads => {
  const reads = request.derived?.reads
  const wanted = reads !== undefined && Object.hasOwn(reads, name) ? reads[name] : undefined
  if (wanted === "*") return { form: "whole", reader: stream.schema }
  const fields = [...new Set(wanted)].flatMap((field) => {
    const found = fieldOf(stream.schema, field, `input/${name}`, problems)
    return found === undefined ? [] : [{ as: field, field, type: found.type }]
  })
  return { form: "fields", fields }
}

/** The writer's record, with the types that the body reads the fields of the same name as. */
const rowOf = (writer: RecordType, reads: readonly ReadField[]): RecordType => ({
  ...writer,
  fields: writer.fields.map((field) => {
    const read = reads.find(({ as, field: from }) => as === field.name && from === field.name)
    return read === undefined ? field : { ...field, type: read.type }
  })
})
