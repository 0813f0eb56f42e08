/** A path into JSON: keys, elements counted from 0, and null for every element. */
export interface JsonPath {
  readonly strict: boolean
  readonly steps: readonly (string | number | null)[]
  /** It has a [*], so what it finds is a list. */
  readonly many: boolean
}

const step =
  /\.\s*(?:([A-Za-z_$][A-Za-z0-9_$]*)|"((?:[^"\\]|\\.)*)")|\.?\[\s*(?:([0-9]{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]|(\.\*)/y

/** A path of SQL/JSON's simple kind: `$.a.b[0]['a key'][*]`, with `lax` (the default) or `strict` before. */
export function parseJsonPath(text: string): { readonly ok: JsonPath } | { readonly problem: string } {
  const mode = /^\s*(?:(lax|strict)\s+)?\$/i.exec(text)
  if (mode === null) return { problem: "a JSON path begins with $: '$.price'" }
  const steps: (string | number | null)[] = []
  let at = mode[0].length
  const end = text.trimEnd().length
  while (at < end) {
    step.lastIndex = at
    const match = step.exec(text)
    if (match === null || match[7] !== undefined) {
      return {
        problem: "a JSON path has .key, ['key'], [0] and [*]; filters and functions are not supported"
      }
    }
    steps.push(stepOf(match))
    at = step.lastIndex
    if (steps.length > 64) return { problem: "a JSON path has at most 64 steps" }
  }
  return { ok: { strict: mode[1]?.toLowerCase() === "strict", steps, many: steps.includes(null) } }
}

function stepOf([, plain, quoted, index, all, single, double]: RegExpExecArray): string | number | null {
  if (all !== undefined) return null
  if (index !== undefined) return Number(index)
  return plain ?? (quoted ?? single ?? double ?? "").replace(/\\(.)/g, "$1")
}
