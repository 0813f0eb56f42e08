import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml"

/** What a pipeline file says of its nodes, as far as adding one needs it. */
export interface NodePlaces {
  readonly names: readonly string[]
  /** The last node, in the order of the text, that has an output. */
  readonly lastOutput: string | undefined
}

/** The nodes of a pipeline file; undefined where it has no `nodes:` in block style. */
export const nodePlaces = (text: string): NodePlaces | undefined => {
  const nodes = blockNodes(text)
  if (nodes === undefined) return undefined
  const named = nodes.items.flatMap(({ key, value }) => {
    const hasOutput = isMap(value) && !value.has("sink")
    return isScalar(key) ? [{ name: String(key.value), hasOutput }] : []
  })
  return {
    names: named.map(({ name }) => name),
    lastOutput: named.findLast(({ hasOutput }) => hasOutput)?.name
  }
}

/** The text with a node after the last one; every other byte stays. Undefined where {@link nodePlaces} is. */
export const insertNode = (text: string, lines: readonly string[]): string | undefined => {
  const nodes = blockNodes(text)
  const last = nodes?.items.at(-1)
  const key = isScalar(last?.key) ? last.key.range?.[0] : undefined
  if (nodes === undefined || key === undefined) return undefined
  const lineStart = text.lastIndexOf("\n", key - 1) + 1
  const indent = text.slice(lineStart, key)
  const at = endOfNode(text, key, indent.length)
  const newline = text.includes("\r\n") ? "\r\n" : "\n"
  const isSpaced =
    nodes.items.length > 1 && /\n[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*$/.test(text.slice(0, lineStart))
  const before = text.slice(0, at)
  return [
    before,
    before.endsWith("\n") ? "" : newline,
    isSpaced ? newline : "",
    ...lines.map((line) => `${indent}${line}${newline}`),
    text.slice(at)
  ].join("")
}

const blockNodes = (text: string): YAMLMap | undefined => {
  const document = parseDocument(text)
  const nodes: unknown = document.errors.length > 0 ? undefined : document.get("nodes", true)
  return isMap(nodes) && nodes.flow !== true && nodes.items.length > 0 ? nodes : undefined
}

/** After the last line that belongs to the node that begins at `key`: deeper than its name, comments among them. */
const endOfNode = (text: string, key: number, column: number): number => {
  let end = afterLine(text, key)
  for (let at = end; at < text.length;) {
    const next = afterLine(text, at)
    const line = text.slice(at, next)
    const depth = line.length - line.trimStart().length
    if (line.trim() !== "" && depth <= column) break
    if (line.trim() !== "") end = next
    at = next
  }
  return end
}

const afterLine = (text: string, at: number): number => {
  const newline = text.indexOf("\n", at)
  return newline === -1 ? text.length : newline + 1
}
