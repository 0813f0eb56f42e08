/** What became of a field between the record that came in and the one that went out. */
export type FieldFate = "same" | "changed" | "added" | "dropped"

export interface FieldChange {
  readonly name: string
  readonly fate: FieldFate
  readonly before: unknown
  readonly after: unknown
}

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : new Map([["value", value]])

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Field by field: those that came in by their order, then those that are new. `undefined` stands for no record. */
export const fieldChanges = (before: unknown, after: unknown): readonly FieldChange[] => {
  const old = before === undefined ? new Map<string, unknown>() : fieldsOf(before)
  const now = after === undefined ? new Map<string, unknown>() : fieldsOf(after)
  const names = [...old.keys(), ...[...now.keys()].filter((name) => !old.has(name))]
  return names.map((name) => ({
    name,
    before: old.get(name),
    after: now.get(name),
    fate: fateOf(name, old, now)
  }))
}

const fateOf = (
  name: string,
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>
): FieldFate => {
  if (!old.has(name)) return "added"
  if (!now.has(name)) return "dropped"
  return isSame(old.get(name), now.get(name)) ? "same" : "changed"
}
