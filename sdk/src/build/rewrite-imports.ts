/**
 * Named imports from the barrels `effect` and `@millrace/sdk` as imports of the modules themselves. esbuild does not
 * shake a barrel of namespaces: `import { Effect } from "effect"` alone would bundle 90 KB instead of 27.
 * Lines stay where they are, for the source map. Text that merely looks like an import changes as one: such a string
 * is better not in a plugin.
 */
export const rewriteImports = (source: string): string =>
  source.replaceAll(barrelImport, (whole: string, names: string, barrel: string) => {
    const items = names
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
    const rewritten = items.map((item) => rewriteItem(item, barrel))
    const lines = "\n".repeat(whole.split("\n").length - 1)
    return rewritten.join("; ") + lines
  })

const barrelImport =
  /(?<=^|[\n;])[ \t]*import\s*\{([^{}]*)\}\s*from\s*["'](effect|@millrace\/sdk)["'](?=\s*(?:;|\n|$))/g

const rewriteItem = (item: string, barrel: string): string => {
  const found = /^(type\s+)?([A-Za-z_$][\w$]*)(?:\s+as\s+([A-Za-z_$][\w$]*))?$/.exec(item)
  if (found === null) return `import { ${item} } from ${JSON.stringify(barrel)}`
  const [, type, name = "", alias = name] = found
  const named = name === alias ? name : `${name} as ${alias}`
  if (type !== undefined) return `import type { ${named} } from ${JSON.stringify(barrel)}`
  if (barrel === "@millrace/sdk") {
    return name === "Schema"
      ? `import * as ${alias} from "effect/Schema"`
      : `import { ${named} } from "@millrace/sdk"`
  }
  // Effect's barrel holds its modules under their names, and a few functions of `effect/Function`.
  return /^[A-Z]/.test(name)
    ? `import * as ${alias} from ${JSON.stringify(`effect/${name}`)}`
    : `import { ${named} } from "effect/Function"`
}
