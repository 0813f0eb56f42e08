import { keyForms } from "./key.ts"
import { isStateful, type LogicalNode } from "./logical-node.ts"

/**
 * What a node's state goes by, in words: per input the key's fields and their forms in key bytes. State kept under other
 * words is not found, or is another key's. Undefined for a node without state.
 */
export const stateKeyOf = (node: LogicalNode): string | undefined => {
  if (!isStateful(node)) return undefined
  const parts = node.feeds.flatMap(({ name, stream, via }) => {
    if (via !== "input") return []
    const key = node.resolved.inputs[name]?.keyBy ?? stream.key
    const forms = keyForms({ schema: stream.schema, key })
    const fields = key.map((field, index) => `${field} (${forms[index] ?? ""})`)
    return [`${name} by ${fields.length === 0 ? "nothing" : fields.join(", ")}`]
  })
  return [...new Set(parts)].toSorted().join("; ")
}

/** The form of each field of the key that a node's state goes by; all its inputs have the same. */
export const stateKeyForms = (node: LogicalNode): readonly string[] => {
  const feed = node.feeds.find(({ via }) => via === "input")
  if (feed === undefined) return []
  const key = node.resolved.inputs[feed.name]?.keyBy ?? feed.stream.key
  return keyForms({ schema: feed.stream.schema, key })
}
