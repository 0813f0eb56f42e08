import type { SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Bundle } from "../build/bundle.ts"
import type { PluginManifest } from "../manifest/manifest.ts"
import { noWatermark } from "../record/frame.ts"
import type { StateRow, TimerRow } from "./memory-state.ts"
import { ProcessorDriver } from "./processor-driver.ts"
import { type NodeOptions, openTestNode, type TestNode } from "./test-node.ts"
import { frameOf, recordsIn, type TestRecord, type TestStream } from "./test-stream.ts"

export interface ProcessorOptions extends NodeOptions {
  /** Records for the only input: values, or a stream with its own schema, key and times. */
  readonly input?: TestStream | readonly unknown[]
  /** By name, where there are several inputs. */
  readonly inputs?: { readonly [input: string]: TestStream | readonly unknown[] }
  /** How many records go into one call; state and what was committed go on, module variables may not. Default: all. */
  readonly batchSize?: number
  /** False: the input does not end with the last record, and timers wait. Default true: they all fire. */
  readonly end?: boolean
}

/** A record that failed. */
export interface TestDeadLetter {
  readonly input: string
  readonly code: string
  /** `_tag` of the plugin's own error. */
  readonly tag: string | undefined
  readonly message: string
  /** A source's rejected text. */
  readonly raw: string | undefined
}

export interface TestLog {
  readonly level: string
  readonly message: string
  readonly fields: unknown
}

export interface ProcessorRun {
  /** By output, in order. */
  readonly outputs: { readonly [output: string]: readonly TestRecord[] }
  /** The values of the only output (or of the first). */
  readonly values: readonly unknown[]
  readonly deadLetters: readonly TestDeadLetter[]
  readonly state: readonly StateRow[]
  /** What was set and has not fired. */
  readonly timers: readonly TimerRow[]
  readonly logs: readonly TestLog[]
  readonly metrics: SegmentResult["metrics"]
  readonly counts: {
    readonly in: number
    readonly out: number
    readonly filtered: number
    readonly failed: number
  }
}

/** Runs a processor over arrays of values. */
export const runProcessor = Effect.fn("runProcessor")(function* (
  manifest: PluginManifest,
  bundle: Bundle,
  options: ProcessorOptions
) {
  const streams = streamsOf(manifest, options)
  const node = yield* openTestNode(manifest, bundle, streams, options)
  const driver = new ProcessorDriver(node, tableInputs(node, options))
  for (const { inputs, end } of batchesOf(streams, node, options.batchSize ?? Number.MAX_SAFE_INTEGER)) {
    yield* driver.call(inputs, end)
    yield* driver.fire(noWatermark, node.host.now)
  }
  if (options.end ?? true) yield* driver.fire(Infinity, Infinity)
  return runOf(driver.results, node)
})

const streamsOf = (
  manifest: PluginManifest,
  options: ProcessorOptions
): { readonly [input: string]: TestStream } => {
  const given = options.inputs ?? { [manifest.inputs[0]?.name ?? "input"]: options.input ?? [] }
  return Object.fromEntries(
    Object.entries(given).map(([name, stream]) => [name, isList(stream) ? { values: stream } : stream])
  )
}

const isList = (stream: TestStream | readonly unknown[]): stream is readonly unknown[] =>
  Array.isArray(stream)

const batchesOf = (streams: { readonly [input: string]: TestStream }, node: TestNode, size: number) => {
  const batches = Object.entries(streams).flatMap(([input, stream]) => {
    const frames = []
    for (let from = 0; from < stream.values.length; from += size) {
      const frame = frameOf(stream, node.inputs[input]!, from, Math.min(stream.values.length, from + size))
      frames.push({ input, topic: input, topicPartition: 0, baseOffset: BigInt(from), frame })
    }
    return frames
  })
  const calls = size === Number.MAX_SAFE_INTEGER ? [batches] : batches.map((batch) => [batch])
  return calls.map((inputs, index) => ({ inputs, end: index === calls.length - 1 }))
}

/** Rows of the node's tables, each as one frame. */
export const tableInputs = (node: TestNode, options: NodeOptions) =>
  Object.entries(options.tables ?? {}).map(([handle, stream]) => ({
    node: node.manifest.name,
    handle,
    frames: [frameOf(stream, node.tables[handle]!, 0, stream.values.length)]
  }))

const runOf = (results: readonly SegmentResult[], node: TestNode): ProcessorRun => {
  const outputs = outputsOf(results, node)
  return {
    outputs,
    values: Object.values(outputs)[0]?.map(({ value }) => value) ?? [],
    deadLetters: deadLettersOf(results),
    state: node.state.rows(),
    timers: [...node.state.timers("event"), ...node.state.timers("processing")],
    logs: logsOf(results),
    metrics: results.flatMap(({ metrics }) => metrics),
    counts: countsOf(results)
  }
}

/** Records by output. */
export const outputsOf = (
  results: readonly SegmentResult[],
  { resolved }: TestNode
): ProcessorRun["outputs"] =>
  Object.fromEntries(
    Object.entries(resolved.outputs).map(([name, { schema }]) => [
      name,
      results.flatMap(({ outputs }) =>
        outputs.filter(({ output }) => output === name).flatMap(({ frame }) => recordsIn(frame, schema))
      )
    ])
  )

export const deadLettersOf = (results: readonly SegmentResult[]): readonly TestDeadLetter[] =>
  results.flatMap(({ deadLetters }) =>
    deadLetters.map(({ input, code, tag, message, raw }) => ({ input, code, tag, message, raw }))
  )

export const logsOf = (results: readonly SegmentResult[]): readonly TestLog[] =>
  results.flatMap(({ logs }) =>
    logs.map(({ level, message, fields }) => ({ level, message, fields: JSON.parse(fields) }))
  )

const countsOf = (results: readonly SegmentResult[]): ProcessorRun["counts"] => {
  const counts = results.flatMap((result) => result.counts)
  const sum = (of: (count: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + of(one), 0)
  return {
    in: sum(({ recordsIn }) => recordsIn),
    out: sum(({ recordsOut }) => recordsOut),
    filtered: sum(({ filtered }) => filtered),
    failed: sum(({ failed }) => failed)
  }
}
