import {
  type AvroValue,
  compileReader,
  compileView,
  compileWriter,
  type OutputView,
  type ValueReaderCodec,
  type ViewCodec
} from "@millrace/sdk/codec"
import {
  decodeDeriveReply,
  deriveRequest,
  needsDerive,
  type NodeRequest,
  type ResolvedNode,
  resolveNode
} from "@millrace/sdk/manifest"
import { BatchCursor, ByteSink, maxFrameBytes } from "@millrace/sdk/record"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { ChainResult } from "../../worker/chain/chain-run.ts"
import type { Batch } from "./batches.ts"
import type { Subject } from "./subject.ts"

/** The node's codecs as they were resolved; undefined where they cannot be, which the plan then told. */
export const resolveSubject = Effect.fn("resolveSubject")(function* ({
  bundle,
  config,
  inputs,
  manifest
}: Subject) {
  const streams = (isTable: boolean): NodeRequest["inputs"] =>
    Object.fromEntries(
      inputs
        .filter((input) => input.isTable === isTable)
        .map(({ key, name, type }) => [name, { schema: type, key }])
    )
  const request: NodeRequest = { plugin: manifest, config, inputs: streams(false), tables: streams(true) }
  if (!needsDerive(manifest)) return settled(resolveNode(request))
  const asked = settled(deriveRequest(request))
  if (asked === undefined) return undefined
  const pool = yield* SandboxPool
  const reply = decodeDeriveReply(yield* pool.derive(bundle.code, manifest.name, JSON.stringify(asked)))
  return "ok" in reply ? settled(resolveNode({ ...request, derived: reply.ok })) : undefined
})

const settled = <A>(resolved: { readonly ok: A } | { readonly problems: unknown }): A | undefined =>
  "ok" in resolved ? resolved.ok : undefined

/** A batch with what the plugin made of it. */
export interface HandledBatch {
  readonly batch: Batch
  readonly outputs: ChainResult["outputs"]
}

/** Codecs are run until this many milliseconds of CPU are measured. */
const measuredMs = 300
const warmUpMs = 200

/**
 * Microseconds of CPU that the generated codecs take for a record that comes in: reading it as the body gets it, and writing what
 * the body made of it. Measured in this process, over the same bytes, by the same generated code that runs in the sandbox.
 */
export const codecMicros = (resolved: ResolvedNode, handled: readonly HandledBatch[]): number => {
  const pass = codecPass(resolved, handled)
  const records = handled.reduce((sum, { batch }) => sum + batch.records, 0)
  if (records === 0) return 0
  const spend = (milliseconds: number) => {
    const begun = process.cpuUsage()
    for (let passes = 1; ; passes++) {
      pass()
      const { system, user } = process.cpuUsage(begun)
      if (user + system >= milliseconds * 1_000) return (user + system) / passes / records
    }
  }
  spend(warmUpMs)
  return spend(measuredMs)
}

/** Reads and writes every record once. Each codec is compiled once, as in the sandbox. */
const codecPass = (resolved: ResolvedNode, handled: readonly HandledBatch[]): (() => void) => {
  const sink = new ByteSink(maxFrameBytes, 1 << 16)
  const views = new Map(Object.entries(resolved.inputs).map(([name, { view }]) => [name, compileView(view)]))
  const writers = new Map(Object.entries(resolved.outputs).map(([name]) => [name, writerOf(resolved, name)]))
  const steps = handled.flatMap(({ batch, outputs }) => {
    const writes = outputs.flatMap(({ frame, output }) => writers.get(output)?.(frame) ?? [])
    return batch.frames.map(({ frame, input }, place) => {
      const view = views.get(input)
      // What goes out is written along what comes in, as evenly as it can be.
      return () =>
        view === undefined
          ? undefined
          : readAndWrite(frame, view, { writes: place === 0 ? writes : [], records: batch.records, sink })
    })
  })
  return () => {
    for (const step of steps) step()
  }
}

type Write = (codec: ViewCodec, bytes: Uint8Array, sink: ByteSink) => void

const readAndWrite = (
  frame: Uint8Array,
  view: ViewCodec,
  {
    records,
    sink,
    writes
  }: { readonly writes: readonly Write[]; readonly records: number; readonly sink: ByteSink }
): void => {
  const cursor = new BatchCursor(frame)
  let read = 0
  let written = 0
  const writeUpTo = (due: number): void => {
    for (; written < due; written++) writes[written]?.(view, frame, sink)
  }
  while (cursor.next()) {
    if (cursor.isTombstone || cursor.isControl) continue
    view.read(frame, cursor.valueStart, cursor.valueEnd)
    read += 1
    sink.length = 0
    writeUpTo(Math.floor((writes.length * read) / records))
  }
  writeUpTo(writes.length)
}

/** How the records of an output's frames are written: nothing is where their bytes pass as they came. */
const writerOf = (resolved: ResolvedNode, name: string): ((frame: Uint8Array) => readonly Write[]) => {
  const output = resolved.outputs[name]
  if (output === undefined || output.form === "same") return () => []
  const { form, schema } = output
  const reader = compileReader(schema, schema)
  if (form === "writer") {
    const writer = compileWriter(schema)
    return (frame) =>
      valuesOf(frame, reader).map((value) => (_view, _bytes, sink) => writer.write(value, sink))
  }
  const view = Object.values(resolved.inputs)
    .map((input) => input.view.output)
    .find((each) => typeof each !== "string")
  return (frame) =>
    valuesOf(frame, reader).map((value) => {
      const result = resultOf(value, view)
      return (codec, bytes, sink) => codec.spliceLast?.(bytes, result, sink)
    })
}

/** The body's result for an output record: its fields by the names of the result's properties. */
const resultOf = (value: AvroValue, view: OutputView | undefined): AvroValue => {
  if (view?.from === undefined || typeof value !== "object" || value === null) return value
  const named = Object.entries(view.from).map(([field, property]) => [property, Reflect.get(value, field)])
  return { ...value, ...Object.fromEntries(named) }
}

const valuesOf = (frame: Uint8Array, reader: ValueReaderCodec): readonly AvroValue[] => {
  const cursor = new BatchCursor(frame)
  const values: AvroValue[] = []
  while (cursor.next())
    if (!cursor.isTombstone && !cursor.isControl)
      values.push(reader.read(frame, cursor.valueStart, cursor.valueEnd))
  return values
}
