import { label, listed } from "./label.ts"
import { branchFor, fieldSources, namesMatch, promotes } from "./matching.ts"
import { completeDefault } from "./parse/default-value.ts"
import { sameMeaning } from "./parse/logical.ts"
import type {
  EnumResolution,
  FieldStep,
  RecordResolution,
  Resolution,
  ResolutionProblem,
  ResolutionProblemKind,
  ResolutionResult
} from "./resolution.ts"
import type {
  AvroField,
  AvroType,
  EnumType,
  FixedType,
  NamedType,
  PrimitiveKind,
  RecordType,
  UnionType
} from "./type.ts"

/**
 * The plan by which values of `writer` are read as `reader`, or every reason why none can be. (Avro 1.12 §Schema Resolution)
 *
 * Where the specification leaves room:
 * - types match by unqualified name, or by an alias of the reader's; a full match is preferred among a union's branches;
 * - a reader's union takes its branch of the same type before any that needs a promotion (then the first of those), so that
 *   reading a union as itself changes nothing;
 * - a reader's field takes the writer's field of its own name, else the first of its aliases that no other field took;
 * - a branch of the writer's union, or a symbol of its enum, that the reader does not have fails when it is met (`partial`);
 * - two different logical types (or decimals of another scale, or of more digits than the reader's) do not match, since the
 *   value would silently mean something else; where only one side has one, the reader's look at the base value decides.
 */
export const resolve = (writer: AvroType, reader: AvroType): ResolutionResult => {
  const resolver = new Resolver()
  const outcome = resolver.any(writer, reader, { path: "", depth: 0 })
  if ("errors" in outcome) return { errors: distinct(outcome.errors) }
  return { ok: outcome.ok, partial: distinct(resolver.partial) }
}

type Outcome<A extends Resolution = Resolution> = { readonly ok: A } | Failure
type Failure = { readonly errors: readonly ResolutionProblem[] }
type Kinds<K extends AvroType["kind"]> = Extract<AvroType, { kind: K }>

interface Place {
  readonly path: string
  readonly depth: number
}

/** Parsed schemas stay far below it, but for recursive ones made to go through each other. */
const maxDepth = 400

const fail = (kind: ResolutionProblemKind, at: Place, message: string): Failure => ({
  errors: [{ kind, path: at.path, message }]
})

class Resolver {
  readonly partial: ResolutionProblem[] = []
  /** One outcome a pair of records. A pair that is being resolved counts as resolved: that closes the cycles. */
  private readonly pairs = new Map<RecordType, Map<RecordType, Outcome<RecordResolution>>>()
  private readonly begun: (readonly [RecordType, RecordType])[] = []

  any(writer: AvroType, reader: AvroType, around: Place): Outcome {
    if (around.depth > maxDepth)
      return fail("TYPE_MISMATCH", around, "the schemas refer to each other too deeply")
    const at = { path: around.path, depth: around.depth + 1 }
    if (writer.kind === "union") return this.writerUnion(writer, reader, at)
    if (reader.kind === "union") return this.readerUnion(writer, reader, at)
    if (writer.kind === "record" && reader.kind === "record") return this.record(writer, reader, at)
    if (writer.kind === "enum" && reader.kind === "enum") return this.enum(writer, reader, at)
    if (writer.kind === "fixed" && reader.kind === "fixed") return fixed(writer, reader, at)
    if (writer.kind === "array" && reader.kind === "array") {
      const items = this.any(writer.items, reader.items, { ...at, path: `${at.path}[]` })
      return "errors" in items ? items : { ok: { action: "array", writer, reader, items: items.ok } }
    }
    if (writer.kind === "map" && reader.kind === "map") {
      const values = this.any(writer.values, reader.values, { ...at, path: `${at.path}{}` })
      return "errors" in values ? values : { ok: { action: "map", writer, reader, values: values.ok } }
    }
    if (isPrimitive(writer) && isPrimitive(reader)) return primitive(writer, reader, at)
    return mismatch(writer, reader, at)
  }

  private writerUnion(writer: UnionType, reader: AvroType, at: Place): Outcome {
    const branches = writer.branches.map((branch): Resolution => {
      const outcome = this.any(branch, reader, at)
      if (!("errors" in outcome)) return outcome.ok
      this.partial.push(...outcome.errors)
      const reasons = outcome.errors.map((problem) => problem.message).join("; ")
      const message = `a value of the union's branch ${label(branch)} cannot be read: ${reasons}`
      return { action: "error", problems: outcome.errors, message }
    })
    const errors = branches.flatMap((branch) => (branch.action === "error" ? branch.problems : []))
    const none = branches.length > 0 && branches.every((branch) => branch.action === "error")
    return none ? { errors } : { ok: { action: "writerUnion", writer, branches } }
  }

  private readerUnion(writer: Exclude<AvroType, UnionType>, reader: UnionType, at: Place): Outcome {
    const branch = branchFor(writer, reader)
    const type = reader.branches[branch]
    if (type === undefined) {
      return fail(
        "MISSING_UNION_BRANCH",
        at,
        `the reader's union ${label(reader)} has no branch for ${label(writer)}`
      )
    }
    const value = this.any(writer, type, at)
    return "errors" in value ? value : { ok: { action: "readerUnion", reader, branch, value: value.ok } }
  }

  private enum(writer: EnumType, reader: EnumType, at: Place): Outcome<EnumResolution> {
    if (!namesMatch(writer, reader)) return nameMismatch(writer, reader, at)
    const fallback = reader.default === undefined ? -1 : reader.symbols.indexOf(reader.default)
    const indexes = new Map(reader.symbols.map((symbol, index) => [symbol, index]))
    const symbols = writer.symbols.map((symbol) => indexes.get(symbol) ?? fallback)
    const missing = writer.symbols.filter((_, index) => symbols[index] === -1)
    if (missing.length > 0) {
      const message = `the reader's enum ${reader.name} lacks ${listed(missing)} and has no default`
      this.partial.push({ kind: "MISSING_ENUM_SYMBOLS", path: at.path, message })
    }
    return { ok: { action: "enum", writer, reader, symbols } }
  }

  private record(writer: RecordType, reader: RecordType, at: Place): Outcome<RecordResolution> {
    if (!namesMatch(writer, reader)) return nameMismatch(writer, reader, at)
    const known = this.pairs.get(writer)?.get(reader)
    if (known !== undefined) return known
    const steps: FieldStep[] = []
    const defaults: RecordResolution["defaults"][number][] = []
    const ok: RecordResolution = { action: "record", writer, reader, steps, defaults }
    const before = this.begun.length
    this.remember(writer, reader, { ok })
    const errors: ResolutionProblem[] = []
    const sources = fieldSources(writer, reader)
    writer.fields.forEach((field, writerIndex) => {
      const readerIndex = sources.indexOf(writerIndex)
      const target = reader.fields[readerIndex]
      if (target === undefined) return steps.push({ step: "skip", writerIndex, type: field.type })
      const value = this.any(field.type, target.type, { ...at, path: joined(at.path, target.name) })
      if ("errors" in value) return errors.push(...value.errors)
      return steps.push({ step: "read", writerIndex, readerIndex, value: value.ok })
    })
    reader.fields.forEach((field, readerIndex) => {
      if (sources[readerIndex] !== -1) return
      if (field.default === undefined) errors.push(missingDefault(writer, field, at))
      else
        defaults.push({
          readerIndex,
          type: field.type,
          value: completeDefault(field.type, field.default.value)
        })
    })
    return errors.length === 0 ? { ok } : this.retract(writer, reader, { errors }, before)
  }

  private remember(writer: RecordType, reader: RecordType, outcome: Outcome<RecordResolution>): void {
    const readers = this.pairs.get(writer) ?? new Map<RecordType, Outcome<RecordResolution>>()
    this.pairs.set(writer, readers.set(reader, outcome))
    this.begun.push([writer, reader])
  }

  /** A pair failed: what was resolved while it counted as resolved may point to it, and is forgotten. Failures stand. */
  private retract(writer: RecordType, reader: RecordType, failure: Failure, before: number): Failure {
    for (const [otherWriter, otherReader] of this.begun.splice(before)) {
      const readers = this.pairs.get(otherWriter)
      const outcome = readers?.get(otherReader)
      if (outcome !== undefined && !("errors" in outcome)) readers?.delete(otherReader)
    }
    this.remember(writer, reader, failure)
    return failure
  }
}

const isPrimitive = (type: AvroType): type is Kinds<PrimitiveKind> => {
  switch (type.kind) {
    case "record":
    case "enum":
    case "fixed":
    case "array":
    case "map":
    case "union":
      return false
    default:
      return true
  }
}

const primitive = (writer: Kinds<PrimitiveKind>, reader: Kinds<PrimitiveKind>, at: Place): Outcome => {
  const same = writer.kind === reader.kind
  if (!same && !promotes(writer, reader)) return mismatch(writer, reader, at)
  const decimal = writer.logical?.name === "decimal" || reader.logical?.name === "decimal"
  if (!same && decimal) return logicalMismatch(writer, reader, at)
  return logicalFits(writer, reader)
    ? { ok: { action: same ? "primitive" : "promote", writer, reader } }
    : logicalMismatch(writer, reader, at)
}

const fixed = (writer: FixedType, reader: FixedType, at: Place): Outcome => {
  if (!namesMatch(writer, reader)) return nameMismatch(writer, reader, at)
  if (writer.size !== reader.size) {
    const message = `fixed ${reader.name} has ${reader.size} bytes, the writer's ${writer.size}`
    return fail("FIXED_SIZE_MISMATCH", at, message)
  }
  return logicalFits(writer, reader)
    ? { ok: { action: "fixed", writer, reader } }
    : logicalMismatch(writer, reader, at)
}

const logicalFits = (
  writer: Kinds<PrimitiveKind | "fixed">,
  reader: Kinds<PrimitiveKind | "fixed">
): boolean => {
  const [from, to] = [writer.logical, reader.logical]
  if (from === undefined || to === undefined) return true
  if (!sameMeaning(from, to)) return false
  return from.name !== "decimal" || to.name !== "decimal" || to.precision >= from.precision
}

const mismatch = (writer: AvroType, reader: AvroType, at: Place): Failure =>
  fail("TYPE_MISMATCH", at, `${label(writer)} cannot be read as ${label(reader)}`)

const logicalMismatch = (writer: AvroType, reader: AvroType, at: Place): Failure =>
  fail(
    "LOGICAL_TYPE_MISMATCH",
    at,
    `${label(writer)} cannot be read as ${label(reader)}: it would mean something else`
  )

const nameMismatch = (writer: NamedType, reader: NamedType, at: Place): Failure =>
  fail(
    "NAME_MISMATCH",
    at,
    `${reader.kind} ${reader.name} has neither the name nor an alias of the writer's ${writer.name}`
  )

const missingDefault = (writer: RecordType, field: AvroField, at: Place): ResolutionProblem => ({
  kind: "READER_FIELD_MISSING_DEFAULT_VALUE",
  path: joined(at.path, field.name),
  message: `the writer's ${writer.name} has no field ${field.name}, and it has no default`
})

const joined = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`)

const distinct = (problems: readonly ResolutionProblem[]): readonly ResolutionProblem[] => [
  ...new Map(
    problems.map((problem) => [`${problem.kind} ${problem.path} ${problem.message}`, problem])
  ).values()
]
