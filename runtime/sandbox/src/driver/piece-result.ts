import { checkBatch, openBatch } from "@millrace/sdk/record"
import type { Answered } from "../pool/sandbox-child.ts"
import { addCounts, emptyCounts } from "../node-counts.ts"
import type { DeadLetter, GuestLog, InputFrame, NodeCounts, SegmentResult, SegmentSpec } from "../segment.ts"
import { applyEdits } from "./apply-edits.ts"
import { cutFrame, mapFrame } from "./cut-frame.ts"
import { sanitizeText } from "./host-errors.ts"
import { offsetAt } from "./offsets.ts"
import { decodeReport } from "./report.ts"
import type { Letter, NodeReport } from "./report.ts"
import { checkGuestState, keepsState } from "./guest-state.ts"

/** What a run of one piece came to. */
export interface PieceResult {
  readonly outputs: SegmentResult["outputs"]
  readonly state: Uint8Array
  readonly deadLetters: readonly DeadLetter[]
  readonly counts: readonly NodeCounts[]
  readonly source: SegmentResult["source"]
  readonly traces: SegmentResult["traces"]
  readonly tokenJson: string | undefined
  readonly partitions: readonly string[] | undefined
  readonly logs: readonly GuestLog[]
  readonly metrics: SegmentResult["metrics"]
}

const nothing = new Uint8Array(0)

/**
 * Checks all that a sandbox process answered for a piece. Undefined when anything is not as it must be: frames that do not add
 * up, a schema that is not the output's, more than was allowed; the process is then not to be believed.
 */
export function takePieceResult(
  spec: SegmentSpec,
  inputs: readonly InputFrame[],
  answered: Answered
): PieceResult | undefined {
  const { answer, sections } = answered
  if (answer.is !== "done" || answer.stages.length !== spec.nodes.length) return undefined
  const reports: NodeReport[] = []
  for (const stage of answer.stages) {
    const report = decodeReport(stage)
    if (report === undefined) return undefined
    reports.push(report)
  }
  try {
    return assemble(
      spec,
      inputs,
      reports,
      answer.stages.map((stage) => stage.cpuMicros),
      sections
    )
  } catch {
    // A FrameFault of what came back, and nothing else throws here.
    return undefined
  }
}

function assemble(
  spec: SegmentSpec,
  inputs: readonly InputFrame[],
  reports: readonly NodeReport[],
  cpu: readonly number[],
  sections: readonly Uint8Array[]
): PieceResult | undefined {
  const last = reports[reports.length - 1]
  const outputs = outputsOf(spec, inputs, last, sections)
  const state = stateOf(spec, reports[0], sections)
  const deadLetters = reports.flatMap(
    (report, stage) => lettersOf(spec, inputs, stage, report, sections) ?? []
  )
  const expected = reports.reduce((sum, report) => sum + report.letters.length, 0)
  if (outputs === undefined || state === undefined || deadLetters.length !== expected) return undefined
  return {
    outputs,
    state,
    deadLetters,
    counts: reports.map((report, stage) => ({
      ...talliesOf(report),
      node: spec.nodes[stage].node,
      cpuMicros: cpu[stage],
      bytesIn: stage === 0 ? bytesOf(inputs) : bytesGiven(reports[stage - 1]),
      bytesOut: bytesGiven(report)
    })),
    source: reports[0].source,
    tokenJson: last.tokenJson,
    partitions: reports[0].partitions,
    logs: reports.flatMap((report, stage) =>
      report.logs.map((log) => ({ node: spec.nodes[stage].node, ...log }))
    ),
    metrics: reports.flatMap((report, stage) =>
      report.metrics.map((metric) => ({ node: spec.nodes[stage].node, ...metric }))
    ),
    traces: reports.flatMap((report, stage) =>
      report.traces
        .filter(({ traceparent }) => traceparent !== "")
        .map((trace) => ({ node: spec.nodes[stage].node, ...trace }))
    )
  }
}

function talliesOf({ recordsIn, recordsOut, handled, filtered, failed, late }: NodeReport) {
  return { recordsIn, recordsOut, handled, filtered, failed, late }
}

function bytesOf(inputs: readonly InputFrame[]): number {
  return inputs.reduce((sum, { frame }) => sum + frame.length, 0)
}

/** Of a node in the middle the bytes are the harness's word: its frames never leave the process. */
function bytesGiven({ frames }: NodeReport): number {
  return frames.reduce((sum, { role, bytes }) => (isOutput(role) ? sum + bytes : sum), 0)
}

function isOutput(role: string): boolean {
  return role === "output" || role === "edits"
}

function outputsOf(
  spec: SegmentSpec,
  inputs: readonly InputFrame[],
  report: NodeReport,
  sections: readonly Uint8Array[]
): SegmentResult["outputs"] | undefined {
  const specs = spec.nodes[spec.nodes.length - 1].outputs
  const outputs: { readonly output: string; readonly frame: Uint8Array }[] = []
  const mostBytes = spec.limits.maxOutputBytes + 65_536
  let bytes = 0
  for (const { role, name, section } of report.frames) {
    if (!isOutput(role)) continue
    const output = specs.find((one) => one.name === name)
    const given = sections[section]
    if (output === undefined || given === undefined || outputs.some((one) => one.output === name))
      return undefined
    // INVARIANT: what comes of edits is checked as what comes whole.
    const frame = role === "edits" ? applyEdits(given, inputs, mostBytes - bytes) : given
    const header = checkBatch(frame)
    if (Buffer.compare(header.schemaHash, output.schemaHash) !== 0) return undefined
    if (header.hasControl || header.hasGaps) return undefined
    bytes += frame.length
    outputs.push({ output: name, frame })
  }
  return bytes > mostBytes ? undefined : outputs
}

function stateOf(
  spec: SegmentSpec,
  report: NodeReport,
  sections: readonly Uint8Array[]
): Uint8Array | undefined {
  const found = report.frames.filter((frame) => frame.role === "state")
  if (found.length === 0) return nothing
  const state = sections[found[0].section]
  if (found.length > 1 || state === undefined || !keepsState(spec)) return undefined
  checkGuestState(spec.nodes[0], state)
  return state
}

/** Undefined when letters and failed records do not belong together. */
function lettersOf(
  spec: SegmentSpec,
  inputs: readonly InputFrame[],
  stage: number,
  report: NodeReport,
  sections: readonly Uint8Array[]
): readonly DeadLetter[] | undefined {
  const frames = new Map<number, readonly Uint8Array[]>()
  for (const { role, name, section } of report.frames) {
    if (role === "dead") frames.set(Number(name), singleFrames(sections[section] ?? nothing))
  }
  const used = new Map<number, number>()
  const letters: DeadLetter[] = []
  for (const letter of report.letters) {
    const place = used.get(letter.feed) ?? 0
    used.set(letter.feed, place + 1)
    const frame = letter.feed === -1 ? undefined : frames.get(letter.feed)?.[place]
    if (letter.feed !== -1 && frame === undefined) return undefined
    const node = spec.nodes[stage]
    const input = stage === 0 ? (inputs[letter.feed]?.input ?? "") : (Object.keys(node.views)[0] ?? "")
    letters.push(deadLetter(node.node, input, letter, frame, inputs))
  }
  return letters
}

function singleFrames(frame: Uint8Array): readonly Uint8Array[] {
  const map = mapFrame(frame)
  return Array.from({ length: map.count }, (_, place) => cutFrame(map, place, place + 1))
}

function deadLetter(
  node: string,
  input: string,
  letter: Letter,
  frame: Uint8Array | undefined,
  inputs: readonly InputFrame[]
): DeadLetter {
  return {
    node,
    input,
    frame,
    ...placeOf(inputs, letter.origin),
    code: letter.code,
    tag: letter.tag,
    message: sanitizeText(letter.message),
    ...(letter.raw === undefined ? {} : { raw: letter.raw }),
    ...(letter.at.length === 0 ? {} : { at: letter.at })
  }
}

/** Where a record of a piece stands in the log. A source's records stand nowhere. */
export function placeOf(
  inputs: readonly InputFrame[],
  origin: number
): { readonly topic: string; readonly partition: number; readonly offset: bigint } {
  let rest = origin
  for (const input of inputs) {
    const { count } = openBatch(input.frame)
    if (rest < count)
      return { topic: input.topic, partition: input.topicPartition, offset: offsetAt(input, rest) }
    rest -= count
  }
  return { topic: "", partition: 0, offset: BigInt(Math.max(0, origin)) }
}

/** A record that killed the sandbox, set aside by the worker: it counts as received and failed at the first node. */
export function poisonedResult(
  spec: SegmentSpec,
  input: InputFrame,
  letter: { readonly code: string; readonly message: string; readonly node: string },
  isKept: boolean
): PieceResult {
  const head = spec.nodes[0].node
  return {
    outputs: [],
    state: nothing,
    deadLetters: isKept
      ? [
          {
            node: head,
            input: input.input,
            frame: input.frame,
            topic: input.topic,
            partition: input.topicPartition,
            offset: input.baseOffset,
            code: letter.code,
            tag: undefined,
            message: `at ${letter.node}: ${letter.message}`
          }
        ]
      : [],
    counts: spec.nodes.map(({ node }, stage) =>
      stage === 0 ? { ...emptyCounts(node), recordsIn: 1, failed: 1 } : emptyCounts(node)
    ),
    source: undefined,
    tokenJson: undefined,
    partitions: undefined,
    logs: [],
    metrics: [],
    traces: []
  }
}

/** The results of a call's pieces, in order, as one. */
export function joinResults(spec: SegmentSpec, results: readonly PieceResult[]): SegmentResult {
  const counts = spec.nodes.map(({ node }, stage) =>
    results.reduce((sum, result) => addCounts(sum, result.counts[stage]), emptyCounts(node))
  )
  const tokens = results.map((result) => result.tokenJson).filter((token) => token !== undefined)
  const source = results[results.length - 1]?.source
  const isSink = spec.nodes[spec.nodes.length - 1].kind === "sink"
  return {
    outputs: results.flatMap((result) => result.outputs),
    state: joinBytes(results.map((result) => result.state)),
    deadLetters: results.flatMap((result) => result.deadLetters),
    counts,
    ...(source === undefined ? {} : { source }),
    ...(isSink ? { sink: { tokenJson: tokens[tokens.length - 1] } } : {}),
    logs: results.flatMap((result) => result.logs),
    metrics: results.flatMap((result) => result.metrics),
    traces: results.flatMap((result) => result.traces)
  }
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
