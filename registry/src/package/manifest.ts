import { type ApiError, apiError, BareName, PackageName, Version } from "@millrace/sdk/api"
import { parseAvro } from "@millrace/sdk/avro"
import { PackageManifest, type PluginManifest } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { parseJson } from "../parse-json.ts"

const refused = (problem: string, path: string): ApiError => apiError("MANIFEST_INVALID", { problem }, path)

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const decode = (value: unknown): Effect.Effect<PackageManifest, ApiError> =>
  Schema.decodeUnknownEffect(PackageManifest)(value, { onExcessProperty: "error" }).pipe(
    Effect.mapError(({ issue }) => {
      const [first] = format(issue).issues
      const path = (first?.path ?? []).map((key) => String(typeof key === "object" ? key.key : key))
      return refused(first?.message ?? "it does not fit", ["manifest.json", ...path].join("."))
    })
  )

interface Placed {
  readonly path: string
  readonly schema: unknown
}

/** Every Avro schema of a plugin, with its place. */
const schemasOf = (plugin: PluginManifest, path: string): readonly Placed[] => [
  ...plugin.inputs.flatMap(({ contract }, index) =>
    contractSchemas(contract, `${path}.inputs[${index}].contract`)
  ),
  ...plugin.outputs.flatMap(({ contract }, index) =>
    contractSchemas(contract, `${path}.outputs[${index}].contract`)
  ),
  ...plugin.tables.flatMap(({ contract }, index) =>
    contractSchemas(contract, `${path}.tables[${index}].contract`)
  ),
  ...plugin.state.flatMap(({ mapKey, schema }, index) => [
    { path: `${path}.state[${index}].schema`, schema },
    ...(mapKey === undefined ? [] : [{ path: `${path}.state[${index}].mapKey`, schema: mapKey }])
  ])
]

type AnyContract =
  | PluginManifest["inputs"][number]["contract"]
  | PluginManifest["outputs"][number]["contract"]

const contractSchemas = (contract: AnyContract, path: string): readonly Placed[] => {
  if (contract.form === "closed") return [{ path: `${path}.schema`, schema: contract.schema }]
  if (contract.form !== "open") return []
  if ("reads" in contract)
    return contract.reads.map(({ schema }, index) => ({ path: `${path}.reads[${index}].schema`, schema }))
  return contract.adds.map(({ schema }, index) => ({ path: `${path}.adds[${index}].schema`, schema }))
}

const checkPlugins = Effect.fnUntraced(function* (plugins: readonly PluginManifest[]) {
  const names = new Set<string>()
  if (plugins.length === 0) return yield* refused("it holds no plugin", "manifest.json.plugins")
  for (const [index, plugin] of plugins.entries()) {
    const path = `manifest.json.plugins[${index}]`
    if (!Schema.is(BareName)(plugin.name))
      return yield* refused("a plugin's name is of a-z, 0-9 and hyphens", `${path}.name`)
    if (names.has(plugin.name)) return yield* refused("a plugin's name is there twice", `${path}.name`)
    names.add(plugin.name)
    for (const { path: place, schema } of schemasOf(plugin, path)) {
      const parsed = parseAvro(schema)
      if ("error" in parsed) return yield* refused(parsed.error.message, place)
    }
  }
})

/** Reads and checks a manifest.json: its form, the package's and the plugins' names, the version, every schema in it. */
export const readManifest = Effect.fnUntraced(function* (
  text: string
): Effect.fn.Return<{ readonly manifest: PackageManifest; readonly pluginsJson: unknown }, ApiError> {
  const parsed = parseJson(text)
  if (Result.isFailure(parsed)) return yield* refused(parsed.failure, "manifest.json")
  const manifest = yield* decode(parsed.success)
  if (!Schema.is(PackageName)(manifest.name))
    return yield* refused("the name is not like @scope/name, of a-z, 0-9 and hyphens", "manifest.json.name")
  if (!Schema.is(Version)(manifest.version))
    return yield* refused("the version is not like 1.2.3", "manifest.json.version")
  yield* checkPlugins(manifest.plugins)
  const json = parsed.success
  const pluginsJson =
    typeof json === "object" && json !== null && "plugins" in json ? json.plugins : undefined
  return { manifest, pluginsJson }
})
