import { valueAt } from "@millrace/sdk"
import type { AddedField } from "./added-field.ts"
import type { Answer } from "./answer.ts"
import { readValue, ValueMismatch } from "./read-value.ts"

/** The values of the new fields, or the answer that there are none. */
export type AddedValues =
  | { readonly is: "added"; readonly values: { readonly [name: string]: unknown } }
  | Exclude<Answer, { readonly is: "found" }>

/** Reads the new fields in an answer, each by its type. */
export const addedValues = (fields: readonly AddedField[], answer: Answer): AddedValues => {
  if (answer.is !== "found") return answer
  const found = fields.map(({ from }) => valueAt(answer.value, from) ?? null)
  if (found.every((value) => value === null) && fields.some(({ isNullable }) => !isNullable)) {
    return { is: "missing", reason: "the API's answer has nothing at any field's place" }
  }
  const values: { [name: string]: unknown } = {}
  try {
    for (const [at, { name, from, type, isNullable }] of fields.entries()) {
      values[name] = isNullable && found[at] === null ? null : readValue(type, found[at], from)
    }
  } catch (error) {
    if (!(error instanceof ValueMismatch)) throw error
    const { place, expected, got } = error
    return { is: "failed", reason: `the API's answer at ${place}: expected ${expected}, got ${got}` }
  }
  return { is: "added", values }
}

/** Every new field null. */
export const nothingAdded = (fields: readonly AddedField[]): { readonly [name: string]: null } =>
  Object.fromEntries(fields.map(({ name }) => [name, null]))
