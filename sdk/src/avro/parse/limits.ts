import type { Json } from "../type.ts"
import { AvroSchemaError } from "./schema-error.ts"

/** What a schema may hold. Checked before anything of that size is made, or any recursion of that depth begun. */
export interface AvroLimits {
  /** Of the JSON text, in UTF-16 units; of a parsed value, of what its text would about be. */
  readonly maxTextLength: number
  /** Types within types. */
  readonly maxDepth: number
  readonly maxFields: number
  readonly maxBranches: number
  readonly maxSymbols: number
  /** Values in all the schema's defaults together, fields that a record's default leaves to their own default included. */
  readonly maxDefaultValues: number
}

export const defaultLimits: AvroLimits = {
  maxTextLength: 1024 * 1024,
  maxDepth: 64,
  maxFields: 1000,
  maxBranches: 100,
  maxSymbols: 65_536,
  maxDefaultValues: 100_000
}

/** A type within a record within a union takes four levels of JSON; the rest is for attributes. */
const jsonLevelsPerType = 4

const tooLong = (limits: AvroLimits) =>
  new AvroSchemaError({
    code: "AVRO_LIMIT",
    path: "",
    problem: `the schema's text is longer than ${limits.maxTextLength} characters`,
    remedy: "Split it into smaller schemas, or shorten its documentation."
  })

const tooDeep = (limits: AvroLimits) =>
  new AvroSchemaError({
    code: "AVRO_LIMIT",
    path: "",
    problem: `the schema is nested deeper than ${limits.maxDepth} types`,
    remedy: "Flatten it, or name a type and refer to it."
  })

const textDepthExceeds = (text: string, maxDepth: number): boolean => {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return true
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

/** The value of a JSON text whose length and depth were found small enough first. @throws AvroSchemaError */
export const parseJson = (text: string, limits: AvroLimits): unknown => {
  if (text.length > limits.maxTextLength) throw tooLong(limits)
  if (textDepthExceeds(text, limits.maxDepth * jsonLevelsPerType)) throw tooDeep(limits)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AvroSchemaError({
      code: "AVRO_JSON",
      path: "",
      problem: `the schema is not JSON (${cause instanceof Error ? cause.message : String(cause)})`,
      remedy: "Give the schema as JSON text."
    })
  }
}

/** That a value is JSON, not cyclic, and within the limits: without recursion, since its depth is not known yet. @throws AvroSchemaError */
export const checkJson: (value: unknown, limits: AvroLimits) => asserts value is Json = (value, limits) => {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }]
  let length = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.depth > limits.maxDepth * jsonLevelsPerType) throw tooDeep(limits)
    length += ownLength(next.value)
    if (length > limits.maxTextLength) throw tooLong(limits)
    if (typeof next.value !== "object" || next.value === null) continue
    const children: readonly unknown[] = Array.isArray(next.value) ? next.value : Object.values(next.value)
    // A foreign array may claim any length: its members count before they are listed.
    if (length + children.length > limits.maxTextLength) throw tooLong(limits)
    for (const child of children) pending.push({ value: child, depth: next.depth + 1 })
  }
}

const ownLength = (value: unknown): number => {
  if (value === null || typeof value === "boolean") return 4
  if (typeof value === "string") return value.length + 2
  if (typeof value === "number" && Number.isFinite(value)) return 1
  if (Array.isArray(value)) return 2
  if (typeof value === "object") return 2 + Object.keys(value).reduce((sum, key) => sum + key.length + 3, 0)
  throw new AvroSchemaError({
    code: "AVRO_JSON",
    path: "",
    problem: `the schema holds a ${typeof value} that JSON does not know`,
    remedy: "Give the schema as JSON."
  })
}
