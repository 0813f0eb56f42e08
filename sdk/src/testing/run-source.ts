import type { SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Bundle } from "../build/bundle.ts"
import type { PluginManifest } from "../manifest/manifest.ts"
import { deadLettersOf, logsOf, outputsOf, type TestDeadLetter, type TestLog } from "./run-processor.ts"
import { SourceDriver } from "./source-driver.ts"
import { type NodeOptions, openTestNode, type TestNode } from "./test-node.ts"
import type { TestRecord } from "./test-stream.ts"

export interface SourceRunOptions extends NodeOptions {
  /** By source partition: where to go on from, as an earlier run answered it. */
  readonly positions?: { readonly [partition: string]: unknown }
  /** Of one read. Default 1,000. */
  readonly maxRecords?: number
  /** Reads of one partition at most. Default 1,000. */
  readonly maxReads?: number
}

export interface SourceRun {
  readonly partitions: readonly string[]
  readonly records: readonly TestRecord[]
  readonly values: readonly unknown[]
  /** By partition: the position after the last read, as JSON. */
  readonly positions: { readonly [partition: string]: unknown }
  /** True when every partition came to its end. */
  readonly ended: boolean
  readonly deadLetters: readonly TestDeadLetter[]
  readonly logs: readonly TestLog[]
  /** What its calls answered, and the node: for the kit's own use. */
  readonly results: readonly SegmentResult[]
  readonly node: TestNode
}

/** Reads each partition of a source until it ends or has nothing for now. */
export const runSource = Effect.fn("runSource")(function* (
  manifest: PluginManifest,
  bundle: Bundle,
  options: SourceRunOptions
) {
  const node = yield* openTestNode(manifest, bundle, {}, options)
  const driver = new SourceDriver(node)
  const names = yield* driver.partitions
  const reads = yield* Effect.forEach(names, (name) => readPartition(name, driver, options))
  const results = reads.flatMap(({ results: all }) => all)
  const records = outputsOf(results, node)["output"] ?? []
  return {
    partitions: names,
    records,
    values: records.map(({ value }) => value),
    positions: Object.fromEntries(reads.map(({ name, positionJson }) => [name, parsed(positionJson)])),
    ended: reads.every(({ ended }) => ended),
    deadLetters: deadLettersOf(results),
    logs: logsOf(results),
    results,
    node
  } satisfies SourceRun
})

const parsed = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json))

const readPartition = Effect.fnUntraced(function* (
  name: string,
  driver: SourceDriver,
  options: SourceRunOptions
) {
  const from = options.positions?.[name]
  const results: SegmentResult[] = []
  let positionJson = from === undefined ? undefined : JSON.stringify(from)
  for (let reads = 0; reads < (options.maxReads ?? 1_000); reads++) {
    const result = yield* driver.read({
      partition: name,
      positionJson,
      maxRecords: options.maxRecords ?? 1_000
    })
    results.push(result)
    positionJson = result.source?.positionJson ?? positionJson
    if (result.source?.next !== "more")
      return { name, results, positionJson, ended: result.source?.next === "end" }
  }
  return { name, results, positionJson, ended: false }
})
