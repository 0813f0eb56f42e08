import { nodeKind, type PluginManifest, withConfigOutputs } from "@millrace/sdk/manifest"
import type { Config } from "../config.ts"

/** The implicit pipeline of the plugin that is worked on. */
export interface DevPipeline {
  readonly name: string
  /** The plugin's own node. */
  readonly node: string
  /** By output, the stream that its records go to; a sink has none. */
  readonly outputs: { readonly [output: string]: string }
  /** The pipeline file's text: JSON, which is YAML. */
  readonly text: string
}

export interface DevPipelineParts {
  readonly manifest: PluginManifest
  /** As the pipeline names the module: relative to its folder. */
  readonly path: string
  readonly config: Config
  /** Streams by input, and by lookup table. */
  readonly inputs: { readonly [input: string]: string }
  readonly tables: { readonly [table: string]: string }
}

/**
 * A pipeline of one node, like any other: fed by named streams, giving named streams. One partition, so that what is shown
 * comes in the order in which it was fed.
 */
export const devPipeline = ({ config, inputs, manifest, path, tables }: DevPipelineParts): DevPipeline => {
  const name = pipelineName(manifest.name)
  const node = nodeName(manifest.name)
  const outputNames = withConfigOutputs(manifest, config).outputs.map((output) => output.name)
  const outputs = Object.fromEntries(
    outputNames.map((output) => [output, outputNames.length === 1 ? `${name}.out` : `${name}.out.${output}`])
  )
  const options = (output: string) => ({ stream: outputs[output], partitions: 1 })
  const [only] = outputNames
  const text = JSON.stringify({
    pipeline: name,
    owner: "dev",
    nodes: {
      [node]: {
        [keyOfKind[nodeKind(manifest)]]: `${path}#${manifest.name}`,
        ...(Object.keys(config).length === 0 ? {} : { with: config }),
        ...(manifest.inputs.length === 0 ? {} : { from: fromOf(inputs) }),
        ...(Object.keys(tables).length === 0 ? {} : { tables: mapStreams(tables) }),
        ...(outputNames.length > 1
          ? { outputs: Object.fromEntries(outputNames.map((output) => [output, options(output)])) }
          : only === undefined
            ? {}
            : options(only))
      }
    }
  })
  return { name, node, outputs, text }
}

const keyOfKind = { processor: "use", source: "source", sink: "sink" } as const

const mapStreams = (streams: { readonly [name: string]: string }) =>
  Object.fromEntries(Object.entries(streams).map(([name, stream]) => [name, { stream }]))

const fromOf = (inputs: DevPipelineParts["inputs"]) => {
  const names = Object.keys(inputs)
  const [only] = Object.values(inputs)
  return names.length === 1 ? { stream: only } : mapStreams(inputs)
}

/** The pipeline's name for a plugin; a plugin's own may hold what a pipeline's may not. */
export const pipelineName = (plugin: string): string =>
  `dev-${plugin
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 80)}`.replace(/-$/, "")

const nodeName = (plugin: string): string =>
  plugin.replaceAll(/[^A-Za-z0-9_-]/g, "-").replace(/^(?![A-Za-z])/, "p")
