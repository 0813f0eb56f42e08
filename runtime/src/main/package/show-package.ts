import type { PackageDetail, PipelineStatus, VersionDetail } from "@millrace/sdk/api"
import type { PackageManifest } from "@millrace/sdk/manifest"
import { describePermission } from "@millrace/sdk/permission"
import { table } from "../terminal/style.ts"
import { type ConfigKey, configKeys } from "./config-keys.ts"
import { contractLines } from "./contract-lines.ts"

type Plugin = PackageManifest["plugins"][number]

/** A node that runs a package. */
export interface PackageUse {
  readonly pipeline: string
  readonly node: string
  readonly version: string
}

/** The nodes of what runs that use a package, in any version. */
export const usesOf = (name: string, pipelines: readonly PipelineStatus[]): readonly PackageUse[] =>
  pipelines.flatMap(({ nodes, pipeline }) =>
    nodes
      .filter((node) => node.package.startsWith(`${name}@`))
      .map((node) => ({ pipeline, node: node.node, version: node.package.slice(name.length + 1) }))
  )

/** A package as a page of text: its versions, and for each plugin its contracts, config and permissions. */
export const packageLines = (
  detail: PackageDetail,
  shown: VersionDetail,
  plugins: readonly Plugin[],
  uses: readonly PackageUse[]
): readonly string[] => [
  `${shown.name}@${shown.version}${marks(shown)}`,
  ...(shown.manifest.description === undefined ? [] : [`  ${shown.manifest.description}`]),
  `  ${shown.sizeBytes} bytes, published ${new Date(shown.publishedAt).toISOString()} by ${shown.publishedBy}${shown.manifest.license === undefined ? "" : `, ${shown.manifest.license}`}`,
  `  ${shown.integrity}`,
  "",
  "Versions",
  ...table(
    detail.versions.map((version) => [
      `  ${version.version}`,
      new Date(version.publishedAt).toISOString().slice(0, 10),
      marks(version).trim()
    ])
  ).map((line) => line.trimEnd()),
  ...plugins.flatMap(pluginLines),
  "",
  "Used by",
  ...(uses.length === 0
    ? ["  no pipeline of this platform"]
    : uses.map(({ node, pipeline, version }) => `  ${pipeline}/${node}, ${version}`))
]

const marks = ({ deprecated, yanked }: Pick<VersionDetail, "deprecated" | "yanked">): string =>
  `${yanked === null ? "" : ` (yanked: ${yanked})`}${deprecated === null ? "" : ` (deprecated: ${deprecated})`}`

const pluginLines = (plugin: Plugin): readonly string[] => [
  "",
  `#${plugin.name}, a ${plugin.kind}`,
  ...(plugin.description === undefined ? [] : [`  ${plugin.description}`]),
  ...plugin.inputs.flatMap(({ contract, name }) => section(`Input ${name}`, contractLines(contract))),
  ...plugin.outputs.flatMap(({ contract, name }) => section(`Output ${name}`, contractLines(contract))),
  ...plugin.tables.flatMap(({ contract, name }) => section(`Lookup table ${name}`, contractLines(contract))),
  ...section("Config", configLines(configKeys(plugin.config, plugin.expressions))),
  ...section("Permissions", permissionLines(plugin)),
  ...(plugin.state.length === 0
    ? []
    : section(
        "State",
        plugin.state.map(({ kind, name }) => `${name}: a ${kind} per key`)
      ))
]

const section = (title: string, lines: readonly string[]): readonly string[] => [
  `  ${title}`,
  ...lines.map((line) => `    ${line}`)
]

const configLines = (keys: readonly ConfigKey[]): readonly string[] =>
  keys.length === 0
    ? ["none"]
    : table(
        keys.map((key) => [
          key.name,
          key.type,
          key.required ? "required" : key.default === undefined ? "optional" : `default ${key.default}`,
          key.doc
        ])
      ).map((line) => line.trimEnd())

const permissionLines = ({ permissions }: Plugin): readonly string[] =>
  permissions.length === 0
    ? ["none: it reaches nothing but its records"]
    : permissions.map(({ handle, permission }) => `${describePermission(permission)}   (${handle})`)
