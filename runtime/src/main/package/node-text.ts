import type { PackageManifest } from "@millrace/sdk/manifest"
import { configKeys } from "./config-keys.ts"

type Plugin = PackageManifest["plugins"][number]

/** A node as it is to be written. */
export interface NewNode {
  readonly name: string
  /** `@acme/movies@^1`, with `#plugin` where the package has several of the kind. */
  readonly reference: string
  readonly plugin: Plugin
  /** The node that it reads; undefined: the author must say. */
  readonly from: string | undefined
}

const kindKeys: { readonly [kind in Plugin["kind"]]: string } = {
  source: "source",
  processor: "use",
  function: "use",
  sink: "sink"
}

/** The lines of a node in a pipeline file, at the level of its name. What only the author knows is a comment. */
export const nodeLines = ({ from, name, plugin, reference }: NewNode): readonly string[] => [
  `${name}:`,
  `  ${kindKeys[plugin.kind]}: "${reference}"`,
  ...fromLines(plugin, from).map((line) => `  ${line}`),
  ...tableLines(plugin).map((line) => `  ${line}`),
  ...configLines(plugin).map((line) => `  ${line}`)
]

const fromLines = ({ inputs, kind }: Plugin, from: string | undefined): readonly string[] => {
  if (kind === "source") return []
  if (inputs.length > 1) {
    const each = inputs.map((input) => `${input.name}: NODE`).join(", ")
    return [`# from: { ${each} }   which node feeds which input`]
  }
  return from === undefined ? ["# from: NODE   or { stream: NAME }"] : [`from: ${from}`]
}

const tableLines = ({ tables }: Plugin): readonly string[] =>
  tables.length === 0
    ? []
    : [
        `# tables: { ${tables.map(({ name }) => `${name}: NODE`).join(", ")} }   which node feeds which lookup table`
      ]

const configLines = ({ config, expressions }: Plugin): readonly string[] => {
  const required = configKeys(config, expressions).filter((key) => key.required)
  if (required.length === 0) return []
  return [
    "# with:   what it needs; fill in and uncomment",
    ...required.map(
      ({ doc, name, type }) => `#   ${name}:   # ${oneLine(`${type}${doc === "" ? "" : `. ${doc}`}`)}`
    )
  ]
}

/** A publisher's text stays in its comment. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").slice(0, 200)
