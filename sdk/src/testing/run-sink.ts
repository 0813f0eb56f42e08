import type { SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Bundle } from "../build/bundle.ts"
import type { PluginManifest } from "../manifest/manifest.ts"
import { deadLettersOf, logsOf, type TestDeadLetter, type TestLog } from "./run-processor.ts"
import { SinkDriver } from "./sink-driver.ts"
import { type NodeOptions, openTestNode, type TestNode } from "./test-node.ts"
import type { TestStream } from "./test-stream.ts"

export interface SinkRunOptions extends NodeOptions {
  readonly input: TestStream | readonly unknown[]
  /** Records of one batch. Default: the plugin's own `maxRecords`. */
  readonly batchSize?: number
  /** The token of an earlier run's last commit: what `recover` gets. */
  readonly token?: unknown
  /** False: the input does not end with the last record. Default true. */
  readonly end?: boolean
}

export interface SinkRun {
  /** By handle, then by path. */
  readonly files: { readonly [handle: string]: { readonly [path: string]: Uint8Array } }
  /** Of the last commit; undefined for a sink without transactions. */
  readonly token: unknown
  readonly deadLetters: readonly TestDeadLetter[]
  readonly logs: readonly TestLog[]
  /** What its calls answered, and the node: for the kit's own use. */
  readonly results: readonly SegmentResult[]
  readonly node: TestNode
}

/** Recovers a sink, then writes and commits batch by batch, as the task loop does. */
export const runSink = Effect.fn("runSink")(function* (
  manifest: PluginManifest,
  bundle: Bundle,
  options: SinkRunOptions
) {
  const stream: TestStream = isStream(options.input) ? options.input : { values: options.input }
  const node = yield* openTestNode(manifest, bundle, { input: stream }, options)
  const transactional = manifest.sink?.transactional === true
  const size = options.batchSize ?? manifest.sink?.maxRecords ?? 1_000
  const results: SegmentResult[] = []
  let tokenJson = options.token === undefined ? undefined : JSON.stringify(options.token)
  const driver = new SinkDriver(node, stream)
  if (transactional) yield* driver.recover(tokenJson)
  for (let from = 0; from === 0 || from < stream.values.length; from += size) {
    const to = Math.min(stream.values.length, from + size)
    const end = to === stream.values.length && (options.end ?? true)
    const result = yield* driver.write({ from, to, end, tokenJson })
    results.push(result)
    tokenJson = result.sink?.tokenJson ?? tokenJson
    if (transactional && tokenJson !== undefined) yield* driver.commit(tokenJson, { from, to })
  }
  return {
    files: node.host.files,
    token: tokenJson === undefined ? undefined : JSON.parse(tokenJson),
    deadLetters: deadLettersOf(results),
    logs: logsOf(results),
    results,
    node
  } satisfies SinkRun
})

const isStream = (input: TestStream | readonly unknown[]): input is TestStream => !Array.isArray(input)
