/** What was changed in a record's text, field by field; or why it is no record. */
export type Edit = { readonly fields: { readonly [field: string]: unknown } } | { readonly problem: string }

const isRecord = (value: unknown): value is { readonly [field: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Compares a record with its text after editing. Only the fields that differ are sent: masked ones stay what they are. */
export const editOf = (value: unknown, text: string): Edit => {
  let edited: unknown
  try {
    edited = JSON.parse(text)
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (!isRecord(value) || !isRecord(edited)) return { problem: "A record is an object of fields" }
  const missing = Object.keys(value).filter((name) => !Object.hasOwn(edited, name))
  if (missing.length > 0)
    return { problem: `The field ${missing.join(", ")} is missing: write null where it is to be empty` }
  const added = Object.keys(edited).filter((name) => !Object.hasOwn(value, name))
  if (added.length > 0) return { problem: `The record has no field ${added.join(", ")}` }
  return {
    fields: Object.fromEntries(Object.entries(edited).filter(([name, next]) => !isSame(value[name], next)))
  }
}
