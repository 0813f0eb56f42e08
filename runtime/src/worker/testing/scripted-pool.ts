import { createHash } from "node:crypto"
import type {
  InputFrame,
  NodeSpec,
  SandboxPoolShape,
  Segment,
  SegmentCall,
  SegmentError,
  SegmentHost,
  SegmentResult,
  SegmentSpec
} from "@millrace/sandbox"
import { BatchCursor, BatchWriter, StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"

/**
 * Segments that are played in this process by a script named in the node's `plugin`, for tests of the worker's own
 * logic. Values are UTF-8 text `KEY:NUMBER`. What runs guests for real is tested with the sandbox.
 */
export const textSchemaHash = new Uint8Array(createHash("sha256").update('"bytes"').digest())

export interface Script {
  /** Records of each source partition, in order. */
  readonly source: { readonly [partition: string]: readonly string[] }
  /** Whether a partition that has no more records ends, or waits for some. */
  readonly ends: boolean
  /** What the sink has made visible, and what it has only written. */
  readonly visible: string[]
  readonly written: Map<number, string[]>
  /** Called at each call of a segment; an error of it is the call's. */
  readonly onCall: (spec: SegmentSpec, call: SegmentCall) => SegmentError | undefined
}

const sourceStep = 40

export function makeScript(source: Script["source"]): Script {
  return { source, ends: true, visible: [], written: new Map(), onCall: () => undefined }
}

export function scriptedPool(script: Script): SandboxPoolShape {
  return {
    open: (spec) => Effect.succeed(scriptedSegment(spec, script)),
    manifest: () => Effect.die("not scripted"),
    preload: () => Effect.void,
    derive: () => Effect.die("not scripted"),
    processes: Effect.succeed([]),
    restarts: Effect.succeed(new Map())
  }
}

function scriptedSegment(spec: SegmentSpec, script: Script): Segment {
  const [node] = spec.nodes
  if (node === undefined) throw new RangeError("a segment without nodes")
  return {
    call: (call, host) =>
      Effect.suspend(() => {
        const error = script.onCall(spec, call)
        return error === undefined ? play(node, call, host, script) : Effect.fail(error)
      }),
    sourcePartitions: () => Effect.succeed(Object.keys(script.source)),
    commitSink: (tokenJson) =>
      Effect.sync(() => {
        const { partition, texts } = JSON.parse(tokenJson)
        script.written.set(partition, [])
        script.visible.push(...texts)
      }),
    recoverSink: (tokenJson, info) =>
      Effect.sync(() => {
        script.written.set(info.partition, [])
        if (tokenJson === undefined) return
        const { texts } = JSON.parse(tokenJson)
        if (!texts.every((text: string) => script.visible.includes(text))) script.visible.push(...texts)
      })
  }
}

const empty: SegmentResult = {
  outputs: [],
  state: new Uint8Array(0),
  deadLetters: [],
  counts: [],
  logs: [],
  metrics: [],
  traces: []
}

function play(
  node: NodeSpec,
  call: SegmentCall,
  host: SegmentHost,
  script: Script
): Effect.Effect<SegmentResult, SegmentError> {
  if (call.head.kind === "source") return Effect.succeed(playSource(node, call.head, script))
  const { inputs } = call.head
  if (node.plugin === "counter") return playCounter(node, inputs, host)
  if (node.plugin === "sink") return Effect.succeed(playSink(node, inputs, call, script))
  return Effect.succeed(playPass(node, inputs))
}

function playSource(
  node: NodeSpec,
  head: Extract<SegmentCall["head"], { readonly kind: "source" }>,
  script: Script
): SegmentResult {
  const texts = script.source[head.partition] ?? []
  const start = head.positionJson === undefined ? 0 : Number(head.positionJson)
  const taken = texts.slice(start, start + sourceStep)
  const next = start + taken.length
  return {
    ...empty,
    outputs: taken.length === 0 ? [] : [{ output: "out", frame: frameOf(taken) }],
    counts: [counts(node, 0, taken.length, 0)],
    source: {
      positionJson: String(next),
      next: next < texts.length ? "more" : script.ends ? "end" : "idle",
      waitMs: 0
    }
  }
}

/** Drops `…:drop`, fails `…:bad`, passes all others. */
function playPass(node: NodeSpec, inputs: readonly InputFrame[]): SegmentResult {
  const kept: string[] = []
  const deadLetters: SegmentResult["deadLetters"][number][] = []
  let records = 0
  for (const record of recordsOf(inputs)) {
    records += 1
    if (record.text.endsWith(":bad"))
      deadLetters.push({
        node: node.node,
        input: "input",
        frame: frameOf([record.text]),
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        code: "PLUGIN_FAILED",
        tag: "Bad",
        message: `${record.text} is bad`
      })
    else if (!record.text.endsWith(":drop")) kept.push(record.text)
  }
  return {
    ...empty,
    outputs: kept.length === 0 ? [] : [{ output: "out", frame: frameOf(kept) }],
    deadLetters,
    counts: [counts(node, records, kept.length, deadLetters.length)]
  }
}

/** Gives `KEY:COUNT` per record; the count is value state 0 of the key. */
function playCounter(
  node: NodeSpec,
  inputs: readonly InputFrame[],
  host: SegmentHost
): Effect.Effect<SegmentResult, SegmentError> {
  const records = recordsOf(inputs)
  const keys = new Map(records.map(({ text }) => [keyOf(text), bytesOf(keyOf(text))]))
  return Effect.map(host.readState([...keys.values()]), (entries) => {
    const sums = new Map<string, number>()
    const cursor = new StateEntryCursor(entries)
    while (cursor.next())
      sums.set(
        Buffer.from(cursor.key() ?? []).toString(),
        cursor.operation === "put" ? Number(Buffer.from(cursor.value()).toString()) : 0
      )
    const out = records.map(({ text }) => {
      const key = keyOf(text)
      const sum = (sums.get(key) ?? NaN) + 1
      sums.set(key, sum)
      return `${key}:${sum}`
    })
    const writer = new StateEntryWriter()
    for (const [key, bytes] of keys) writer.put(0, bytes, undefined, 0, bytesOf(String(sums.get(key))))
    return {
      ...empty,
      outputs: [{ output: "out", frame: frameOf(out) }],
      state: writer.finish(),
      counts: [counts(node, records.length, out.length, 0)]
    }
  })
}

function playSink(
  node: NodeSpec,
  inputs: readonly InputFrame[],
  call: SegmentCall,
  script: Script
): SegmentResult {
  const texts = recordsOf(inputs).map(({ text }) => text)
  script.written.set(call.partition, texts)
  return {
    ...empty,
    counts: [counts(node, texts.length, 0, 0)],
    sink: {
      tokenJson: JSON.stringify({
        partition: call.partition,
        texts,
        end: call.head.kind === "records" && call.head.end
      })
    }
  }
}

function counts(node: NodeSpec, recordsIn: number, recordsOut: number, failed: number) {
  const filtered = recordsIn === 0 ? 0 : Math.max(0, recordsIn - recordsOut - failed)
  return {
    node: node.node,
    recordsIn,
    recordsOut,
    handled: recordsIn - filtered - failed,
    filtered,
    failed,
    late: 0,
    cpuMicros: 1,
    bytesIn: 0,
    bytesOut: 0
  }
}

/** A frame whose records are keyed by the text before the colon. */
export function frameOf(texts: readonly string[]): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(textSchemaHash)
  for (const text of texts) writer.append({ timestamp: 0, key: bytesOf(keyOf(text)) }, bytesOf(text))
  return writer.finish()
}

export function recordsOf(
  inputs: readonly Pick<InputFrame, "frame" | "baseOffset" | "topic" | "topicPartition">[]
) {
  const found: {
    readonly text: string
    readonly topic: string
    readonly partition: number
    readonly offset: bigint
  }[] = []
  for (const { frame, baseOffset, topic, topicPartition } of inputs) {
    const cursor = new BatchCursor(frame)
    while (cursor.next())
      if (!cursor.isControl)
        found.push({
          text: Buffer.from(cursor.value() ?? []).toString(),
          topic,
          partition: topicPartition,
          offset: baseOffset + BigInt(cursor.index)
        })
  }
  return found
}

export function keyOf(text: string): string {
  return text.slice(0, text.indexOf(":"))
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}
