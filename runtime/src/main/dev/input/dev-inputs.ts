import { createHash } from "node:crypto"
import { schemaText } from "@millrace/sdk/avro"
import type { PluginManifest } from "@millrace/sdk/manifest"
import type { CatalogueTopic } from "../../../plan/dependencies.ts"
import type { Config } from "../config.ts"
import { pipelineName } from "../load/dev-pipeline.ts"
import { type InputType, inputTypeOf, keyOf, tableTypeOf } from "./input-type.ts"
import type { FileRecord } from "./record-file.ts"
import { given, live, madeUp, type Misfit, type RecordSupply } from "./record-supply.ts"
import type { TappedStream } from "./tapped-stream.ts"

/** An input, or a lookup table, with its stream and what it is fed with. */
export interface DevInput extends InputType {
  readonly stream: string
  readonly supply: RecordSupply
  /** Records of the author's that do not fit. */
  readonly misfits: readonly Misfit[]
  /** The same for the same records. */
  readonly fingerprint: string
  /** In words, for people. */
  readonly what: string
}

export interface InputOptions {
  readonly manifest: PluginManifest
  readonly config: Config
  /** The author's own records by input; under `""` those for the only one. */
  readonly records: ReadonlyMap<string, readonly FileRecord[]>
  readonly count: number | undefined
  /** Of records that are made up. Default 0. */
  readonly seed?: number
  /** What feeds the only input, instead of the author's own records. */
  readonly tapped: TappedStream | undefined
}

/** Rows that a lookup table is made up of. */
const tableRows = 200

/**
 * What the plugin's inputs and tables are fed with, or what stands in the way. A stream is named for its schema: records of
 * another contract go to another stream. The one before is read on under the old for a moment; what then is left in it is told.
 */
export const devInputs = (options: InputOptions): readonly DevInput[] | string => {
  const { config, count, manifest, records, seed = 0, tapped } = options
  const isOnly = manifest.inputs.length === 1
  const inputs: DevInput[] = []
  if (tapped !== undefined && !isOnly) return `${manifest.name}: --from feeds a plugin with one input`
  for (const input of manifest.inputs) {
    if (tapped !== undefined) {
      inputs.push(tappedInput(manifest, input.name, config, tapped))
      continue
    }
    const own = records.get(input.name) ?? (isOnly ? records.get("") : undefined)
    const type = inputTypeOf(
      manifest,
      input,
      config,
      own?.map(({ value }) => value)
    )
    if ("problem" in type) return `${manifest.name}: ${type.problem}`
    inputs.push(withSupply(manifest, type, own, { count, seed }))
  }
  for (const table of manifest.tables) {
    const own = records.get(table.name)
    const type = tableTypeOf(table)
    if ("problem" in type) return `${manifest.name}: ${type.problem}`
    inputs.push(withSupply(manifest, type, own, { count: own === undefined ? tableRows : undefined, seed }))
  }
  return inputs
}

const tappedInput = (
  manifest: PluginManifest,
  name: string,
  config: Config,
  tapped: TappedStream
): DevInput => {
  const type = { name, isTable: false, type: tapped.type, key: keyOf(manifest, name, config) ?? tapped.key }
  const stream = streamName(manifest, type)
  const supply = live(tapped.type, tapped.records)
  const fingerprint = hashOf([stream, tapped.name])
  return { ...type, fingerprint, stream, supply, misfits: [], what: `the records of ${tapped.name}` }
}

const withSupply = (
  manifest: PluginManifest,
  type: InputType,
  own: readonly FileRecord[] | undefined,
  { count, seed }: { readonly count: number | undefined; readonly seed: number }
): DevInput => {
  const stream = streamName(manifest, type)
  const fingerprint = hashOf([stream, count ?? "endless", own ?? `made up ${seed}`])
  if (own === undefined)
    return {
      ...type,
      fingerprint,
      stream,
      supply: madeUp(type.type, count, seed),
      misfits: [],
      what: "records made up from its contract"
    }
  const { misfits, supply } = given(type.type, own, count)
  return {
    ...type,
    fingerprint,
    stream,
    supply,
    misfits,
    what: `${own.length - misfits.length} records of yours`
  }
}

const streamName = (manifest: PluginManifest, { key, name, type }: InputType): string => {
  return `${pipelineName(manifest.name)}.in.${name}.${hashOf([schemaText(type), key]).slice(0, 8)}`
}

const hashOf = (parts: unknown): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex")

/** The stream as the planner knows it. */
export const catalogueTopic = (input: DevInput): CatalogueTopic => ({
  name: input.stream,
  pipeline: "~dev",
  internal: false,
  partitions: 1,
  schema: schemaText(input.type),
  key: input.key,
  bounded: false,
  producers: []
})
