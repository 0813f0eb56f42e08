import type { AvroField, AvroType, Json, Resolution } from "@millrace/sdk/avro"
import { branchOfDefault, resolve, schemaText } from "@millrace/sdk/avro"
import { CodecFault, compileReader, compileValue } from "@millrace/sdk/codec"
import { ByteSink } from "@millrace/sdk/record"
import type avsc from "avsc"
import * as fc from "fast-check"
import {
  evolutionArbitrary,
  schemaArbitrary,
  valueArbitrary
} from "../../../sdk/src/avro/testing/arbitrary.ts"
import { equalValues, lookOfOracle, oracleReader, oracleType } from "./oracle.ts"

/** A writer's schema, a reader's, and a value of the writer's. */
export interface Sample {
  readonly writer: AvroType
  readonly reader: AvroType
  readonly value: unknown
}

/**
 * Where ours and avsc 5.7.9 differ, each on purpose and each with a test of its own (differential.test.ts):
 * - `default`: avsc takes a union's default for its first branch only (Avro 1.12: any branch), and fails on one that is of
 *   the record it stands in; it refuses the schema, or takes the default for an empty record;
 * - `partial`: avsc refuses a pair of schemas when only some branches of the writer's union, or symbols, cannot be read;
 *   ours reads what can be read and refuses the value that cannot;
 * - `union choice`: a reader's union: avsc takes the first branch that can be read, promotion or not; ours the same type first;
 * - `float rounding`: an int or long read as a float: avsc keeps digits that a float does not have;
 * - `logical type`: avsc reads a logical type as any other of the same base; ours refuses another meaning or too many digits;
 * - `wide long`: avsc writes and reads longs beyond ±2^52 as other numbers, or not at all. Samples have none (see {@link samples})
 *   but for defaults.
 * - `not UTF-8`: avsc puts U+FFFD for it, ours refuses it (bytes read as a string; and of course corrupted text);
 * - `__proto__` as a map's key: avsc loses it. Samples have none.
 */
export type Difference =
  | "default"
  | "partial"
  | "union choice"
  | "float rounding"
  | "logical type"
  | "not UTF-8"
  | "wide long"

export type Verdict = { readonly equal: true } | { readonly known: Difference } | { readonly unknown: string }

/** Writes the value, reads it as both schemas by ours and by avsc, and compares everything. */
export const compare = (sample: Sample): Verdict => {
  const verdict = attempt(() => compareOrThrow(sample))
  return "failed" in verdict ? { unknown: `failed: ${verdict.failed}` } : verdict.done
}

const compareOrThrow = (sample: Sample): Verdict => {
  const types = oracleTypes(sample)
  if (!("writer" in types)) return types
  const bytes = encode(sample.writer, sample.value)
  const same = compareSame(sample, types.writer, bytes)
  return same ?? compareEvolved(sample, types, bytes)
}

interface OracleTypes {
  readonly writer: avsc.Type
  readonly reader: avsc.Type
}

const oracleTypes = (sample: Sample): OracleTypes | Verdict => {
  try {
    return { writer: oracleType(sample.writer), reader: oracleType(sample.reader) }
  } catch (error) {
    const text = messageOf(error)
    // The default is of a record whose fields avsc has not yet seen.
    if (text.includes("Cannot read properties of undefined")) return { known: "default" }
    if (hasUnionDefault(sample.writer) || hasUnionDefault(sample.reader)) return { known: "default" }
    if (hasWideDefault(sample.writer) || hasWideDefault(sample.reader)) return { known: "wide long" }
    return { unknown: `avsc refuses a schema: ${text}` }
  }
}

export const encode = (type: AvroType, value: unknown): Uint8Array => {
  const sink = new ByteSink(1 << 20, 64)
  compileValue(type).write(value, sink)
  return sink.toBytes()
}

/** Undefined: equal in all. */
const compareSame = (sample: Sample, oracle: avsc.Type, bytes: Uint8Array): Verdict | undefined => {
  const read = compileValue(sample.writer).read(bytes, 0, bytes.length)
  if (!equalValues(read, sample.value)) return { unknown: "ours does not read what it wrote" }
  const theirs: unknown = oracle.fromBuffer(Buffer.from(bytes))
  if (!equalValues(lookOfOracle(sample.writer, theirs, { roundFloats: false }), read)) {
    return { unknown: "avsc reads another value from our bytes" }
  }
  return oracle.toBuffer(theirs).equals(bytes) ? undefined : { unknown: "avsc writes other bytes" }
}

const compareEvolved = (sample: Sample, types: OracleTypes, bytes: Uint8Array): Verdict => {
  const plan = resolve(sample.writer, sample.reader)
  const reader = attempt(() => oracleReader(types.writer, types.reader))
  if (!("ok" in plan)) {
    if ("failed" in reader) return { equal: true }
    const logical = plan.errors.some((each) => each.kind === "LOGICAL_TYPE_MISMATCH")
    return logical
      ? { known: "logical type" }
      : { unknown: `ours refuses: ${plan.errors.map((each) => each.message).join("; ")}` }
  }
  const facts = factsOf(plan.ok)
  if ("failed" in reader) {
    if (plan.partial.length > 0) return { known: "partial" }
    return { unknown: `avsc refuses: ${reader.failed}` }
  }
  const ours = attempt(() => compileReader(sample.writer, sample.reader).read(bytes, 0, bytes.length))
  const theirs = attempt(() => reader.done(bytes))
  if ("failed" in ours || "failed" in theirs)
    return compareRefusals(ours, theirs, plan.partial.length > 0, facts)
  if (equalValues(lookOfOracle(sample.reader, theirs.done, { roundFloats: false }), ours.done))
    return { equal: true }
  const rounded = equalValues(lookOfOracle(sample.reader, theirs.done, { roundFloats: true }), ours.done)
  if (rounded && facts.has("float rounding")) return { known: "float rounding" }
  if (facts.has("union choice")) return { known: "union choice" }
  if (hasUnionDefault(sample.reader)) return { known: "default" }
  return hasWideDefault(sample.reader) ? { known: "wide long" } : { unknown: "the values read differ" }
}

type Attempt<A> = { readonly done: A } | { readonly failed: string; readonly error: unknown }

const compareRefusals = (
  ours: Attempt<unknown>,
  theirs: Attempt<unknown>,
  partial: boolean,
  facts: ReadonlySet<Difference>
): Verdict => {
  if (!("failed" in ours)) return { unknown: `avsc cannot read: ${"failed" in theirs ? theirs.failed : ""}` }
  if (!(ours.error instanceof CodecFault)) return { unknown: `ours fails with no fault: ${ours.failed}` }
  if ("failed" in theirs) return { equal: true }
  if (ours.failed.includes("digits") || ours.failed.includes("decimal")) return { known: "logical type" }
  if (ours.failed.includes("not UTF-8")) return { known: "not UTF-8" }
  if (partial) return { known: "partial" }
  if (facts.has("union choice")) return { known: "union choice" }
  return { unknown: `ours cannot read: ${ours.failed}` }
}

const attempt = <A>(run: () => A): Attempt<A> => {
  try {
    return { done: run() }
  } catch (error) {
    return { failed: messageOf(error), error }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What a plan holds of which avsc is known to think otherwise. */
export const factsOf = (
  plan: Resolution,
  facts: Set<Difference> = new Set(),
  seen: Set<Resolution> = new Set()
): ReadonlySet<Difference> => {
  if (seen.has(plan)) return facts
  seen.add(plan)
  const into = (inner: Resolution) => factsOf(inner, facts, seen)
  switch (plan.action) {
    case "promote":
      if (plan.reader.kind === "float") facts.add("float rounding")
      break
    case "record":
      for (const step of plan.steps) if (step.step === "read") into(step.value)
      break
    case "array":
      into(plan.items)
      break
    case "map":
      into(plan.values)
      break
    case "writerUnion":
      plan.branches.forEach(into)
      break
    case "readerUnion": {
      const source = sourceOf(plan.value)
      const first = plan.reader.branches.findIndex(
        (branch) => source !== undefined && "ok" in resolve(bare(source), bare(branch))
      )
      if (first !== plan.branch) facts.add("union choice")
      into(plan.value)
      break
    }
  }
  return facts
}

/** As avsc sees it, which leaves logical types out. */
const bare = (type: AvroType): AvroType => {
  if (!("logical" in type)) return type
  const { logical: _, ...base } = type
  return base
}

const sourceOf = (plan: Resolution): AvroType | undefined => ("writer" in plan ? plan.writer : undefined)

const hasWideDefault = (type: AvroType): boolean => schemaText(type).includes(String(Number.MIN_SAFE_INTEGER))

/** Whether some union's default is of another branch than the first. */
const hasUnionDefault = (type: AvroType, seen: Set<AvroType> = new Set()): boolean => {
  if (seen.has(type)) return false
  seen.add(type)
  switch (type.kind) {
    case "union":
      return type.branches.some((branch) => hasUnionDefault(branch, seen))
    case "array":
      return hasUnionDefault(type.items, seen)
    case "map":
      return hasUnionDefault(type.values, seen)
    case "record":
      return type.fields.some((field) => isOtherDefault(field) || hasUnionDefault(field.type, seen))
    default:
      return false
  }
}

const isOtherDefault = (field: AvroField): boolean =>
  field.default !== undefined && reachesOther(field.type, field.default.value)

/** Follows a default through arrays, maps and records to the unions in it. */
const reachesOther = (type: AvroType, value: Json): boolean => {
  if (type.kind === "union") {
    const index = branchOfDefault(type.branches, value)
    const branch = type.branches[index]
    return index !== 0 || (branch !== undefined && reachesOther(branch, value))
  }
  if (type.kind === "array")
    return Array.isArray(value) && value.some((item: Json) => reachesOther(type.items, item))
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  if (type.kind === "map") return entries.some(([, item]) => reachesOther(type.values, item))
  if (type.kind !== "record") return false
  return entries.some(([name, item]) => {
    const field = type.fields.find((each) => each.name === name)
    return field !== undefined && reachesOther(field.type, item)
  })
}

/** Random writers, readers evolved from them, and values. */
export const samples: fc.Arbitrary<Sample> = schemaArbitrary().chain((writer) =>
  fc
    .tuple(evolutionArbitrary(writer), valueArbitrary(writer))
    .map(([reader, value]) => ({ writer, reader, value: tamed(value) }))
)

/** Longs beyond ±2^52, which avsc cannot hold, become half of themselves. */
const tamed = (value: unknown): unknown => {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && Math.abs(value) > 2 ** 52 ? Math.ceil(value / 2) : value
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(tamed)
  const entries = Object.entries(value).map(([key, item]: [string, unknown]) => [key, tamed(item)])
  return Object.assign(Object.create(Object.getPrototypeOf(value)), Object.fromEntries(entries))
}
