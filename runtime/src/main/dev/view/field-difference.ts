/** One field that differs between a record and what became of it. */
export interface FieldChange {
  /** `price`, `address.city`, `tags[2]`. */
  readonly path: string
  readonly change: "added" | "removed" | "changed"
  readonly before?: unknown
  readonly after?: unknown
}

const maxDepth = 8
const maxChanges = 100

/** The fields that differ between two JSON values, in the order of the second; at most 100. */
export const fieldDifference = (before: unknown, after: unknown): readonly FieldChange[] =>
  compare(before, after, "", 0).slice(0, maxChanges)

const compare = (before: unknown, after: unknown, path: string, depth: number): readonly FieldChange[] => {
  if (Object.is(before, after)) return []
  if (depth < maxDepth && isObject(before) && isObject(after))
    return compareObjects(before, after, path, depth)
  if (depth < maxDepth && Array.isArray(before) && Array.isArray(after)) {
    const changes: FieldChange[] = []
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      const at = `${path}[${index}]`
      if (index >= before.length) changes.push({ path: at, change: "added", after: after[index] })
      else if (index >= after.length) changes.push({ path: at, change: "removed", before: before[index] })
      else changes.push(...compare(before[index], after[index], at, depth + 1))
    }
    return changes
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, change: "changed", before, after }]
}

const compareObjects = (
  before: JsonObject,
  after: JsonObject,
  path: string,
  depth: number
): readonly FieldChange[] => {
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`)
  const kept = Object.entries(after).flatMap(([name, value]): readonly FieldChange[] =>
    Object.hasOwn(before, name)
      ? compare(before[name], value, at(name), depth + 1)
      : [{ path: at(name), change: "added", after: value }]
  )
  const removed = Object.entries(before).flatMap(([name, value]): readonly FieldChange[] =>
    Object.hasOwn(after, name) ? [] : [{ path: at(name), change: "removed", before: value }]
  )
  return [...kept, ...removed]
}

type JsonObject = { readonly [name: string]: unknown }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
