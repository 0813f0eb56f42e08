import type { SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Bundle } from "../build/bundle.ts"
import type { PluginManifest } from "../manifest/manifest.ts"
import { deadLettersOf, logsOf, type TestDeadLetter, type TestLog } from "./run-processor.ts"
import { type NodeOptions, openTestNode, sandboxError, type TestNode } from "./test-node.ts"
import { frameOf, type TestStream } from "./test-stream.ts"

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
  const info = { id: "test/recover", partition: 0 }
  if (transactional) {
    yield* Effect.mapError(node.segment.recoverSink(tokenJson, info, node.host.segmentHost), sandboxError)
  }
  for (let from = 0; from === 0 || from < stream.values.length; from += size) {
    const to = Math.min(stream.values.length, from + size)
    const end = to === stream.values.length && (options.end ?? true)
    const result = yield* writeBatch(node, stream, { from, to, end, tokenJson, now: options.now ?? 0 })
    results.push(result)
    tokenJson = result.sink?.tokenJson ?? tokenJson
    if (transactional && tokenJson !== undefined) {
      const place = { id: batchId(from, to), partition: 0 }
      yield* Effect.mapError(node.segment.commitSink(tokenJson, place, node.host.segmentHost), sandboxError)
    }
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

interface SinkBatchPlace {
  readonly from: number
  readonly to: number
  readonly end: boolean
  readonly tokenJson: string | undefined
  readonly now: number
}

const batchId = (from: number, to: number): string => `test/${from}-${to}`

const writeBatch = (node: TestNode, stream: TestStream, { from, to, end, tokenJson, now }: SinkBatchPlace) =>
  Effect.mapError(
    node.segment.call(
      {
        partition: 0,
        now,
        seed: node.seed,
        head: {
          kind: "records",
          inputs: [
            {
              input: "input",
              topic: "input",
              topicPartition: 0,
              baseOffset: BigInt(from),
              frame: frameOf(stream, node.inputs["input"]!, from, to)
            }
          ],
          end
        },
        tables: [],
        sink: {
          id: batchId(from, to),
          firstOffset: BigInt(from),
          lastOffset: BigInt(Math.max(from, to - 1)),
          tokenJson,
          recordPrefix: "test"
        }
      },
      node.host.segmentHost
    ),
    sandboxError
  )

const isStream = (input: TestStream | readonly unknown[]): input is TestStream => !Array.isArray(input)
