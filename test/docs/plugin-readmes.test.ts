import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { guestEntry } from "@millrace/sdk/guest"
import { PluginManifest } from "@millrace/sdk/manifest"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { parse } from "yaml"
import { checkJson } from "../../runtime/src/plan/analysis/json-schema.ts"
import { root } from "../house/floors.ts"
import { pluginPages } from "./guides/guide-pages.ts"

// The nodes that the READMEs of the first-party plugins show, against the manifests of those plugins: the plugin is there,
// of the kind that the node says, and takes the config.

const Used = Schema.Struct({
  source: Schema.optionalKey(Schema.String),
  use: Schema.optionalKey(Schema.String),
  sink: Schema.optionalKey(Schema.String),
  with: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
})
type Used = typeof Used.Type

const manifestsOf = async (folder: string): Promise<readonly PluginManifest[]> => {
  const module: object = await import(pathToFileURL(join(root, "plugins", folder, "src/index.ts")).href)
  return Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(PluginManifest)))(
    guestEntry(module).manifest()
  )
}

/** The nodes of a block: of a whole pipeline, or standing by themselves. */
const nodesOf = (text: string): readonly (readonly [string, Used])[] => {
  const value: unknown = parse(text)
  const whole = Schema.decodeUnknownOption(Schema.Struct({ nodes: Schema.Record(Schema.String, Used) }))(
    value
  )
  if (whole._tag === "Some") return Object.entries(whole.value.nodes)
  const nodes = Schema.decodeUnknownOption(Schema.Record(Schema.String, Used))(value)
  return nodes._tag === "Some" ? Object.entries(nodes.value) : []
}

const faultsOf = async (node: Used): Promise<readonly string[]> => {
  const kind = (["source", "use", "sink"] as const).find((key) => node[key] !== undefined)
  const reference = (kind === undefined ? undefined : node[kind]) ?? ""
  const [, folder, plugin] = /^@millrace\/([\w-]+)(?:#([\w-]+))?@\^1$/.exec(reference) ?? []
  if (folder === undefined) return []
  const ofKind = (await manifestsOf(folder)).filter((each) =>
    kind === "use" ? each.kind === "processor" || each.kind === "function" : each.kind === kind
  )
  const found = plugin === undefined ? ofKind[0] : ofKind.find(({ name }) => name === plugin)
  if (found === undefined || (plugin === undefined && ofKind.length > 1))
    return [`${reference} is no one plugin`]
  return checkJson(found.config, node.with ?? {}).map(({ message, path }) => `${path.join(".")}: ${message}`)
}

describe("the READMEs of the first-party plugins", () => {
  for (const { blocks, path } of pluginPages())
    it(`${path} shows nodes that plan`, async () => {
      const nodes = blocks.filter(({ language }) => language === "yaml").flatMap(({ text }) => nodesOf(text))
      assert.isAbove(nodes.length, 0)
      const faults = await Promise.all(
        nodes.map(async ([name, node]) => (await faultsOf(node)).map((fault) => `${name}: ${fault}`))
      )
      assert.deepStrictEqual(faults.flat(), [])
    })
})
