import * as Effect from "effect/Effect"
import type { ProcessSlot } from "../pool/process-slot.ts"
import type { ChildEnded, SandboxChild } from "../pool/sandbox-child.ts"
import type { OpenQuestion } from "../protocol/messages.ts"
import type { NodeSettings } from "../guest/run/node-definition.ts"
import type { NodeSpec, PassSpec, SegmentError, SegmentSpec, TableInput } from "../segment.ts"
import { segmentError } from "../segment-error.ts"
import { sanitizeText } from "./host-errors.ts"
import { HeldState } from "./held-state.ts"
import { callsBeforePasses } from "../protocol/passes.ts"
import { Pace } from "./pace.ts"
import { decodeFailure } from "./report.ts"

/** Time to evaluate a bundle and open the plugin. */
const openMs = 10_000
const maxTableSectionBytes = 8 * 1024 * 1024
const maxBundleBytes = 20 * 1024 * 1024
/** Of the guest's heap, what keyed state may take that it keeps between calls. */
const heldShare = 0.4

/** A segment's place in one process: loads it there, and again into the process that follows. */
export class LoadedIn {
  readonly slot: ProcessSlot
  private readonly id: number
  private readonly spec: SegmentSpec
  private child: SandboxChild | undefined
  private readonly tables: Map<string, number> = new Map()
  /** What the guest holds of keyed state. */
  readonly held: HeldState
  /** Its isolate may be one that other segments have too. */
  private readonly isShared: boolean
  /** Of its runs in this process. */
  readonly pace: Pace

  constructor(slot: ProcessSlot, id: number, spec: SegmentSpec, isShared: boolean) {
    this.isShared = isShared
    this.slot = slot
    this.id = id
    this.spec = spec
    // What is called node by node before it is called in passes is interpreted for the most part.
    this.pace = new Pace(undefined, (spec.passes ?? []).length === 0 ? 1 : callsBeforePasses)
    this.held = new HeldState(spec.limits.memoryMiB * 1024 * 1024 * heldShare)
  }

  /** The process with the segment in it. */
  readonly ready: Effect.Effect<SandboxChild, ChildEnded | SegmentError> = Effect.gen(
    { self: this },
    function* () {
      this.slot.allowMemory(this.spec.limits.memoryMiB)
      const child = yield* this.slot.ensure
      if (child !== this.child || !this.slot.loaded.has(this.id)) {
        this.tables.clear()
        this.held.reset()
        yield* this.slot.makeRoom(child, this.id)
        for (const place of this.spec.nodes.keys()) yield* this.open(child, place)
        this.child = child
        this.slot.loaded.add(this.id)
      }
      return child
    }
  )

  /** The process, where the segment is in it and has these tables whole; else {@link ready} and {@link sendTables} see to it. */
  childWith(tables: readonly TableInput[]): SandboxChild | undefined {
    const { child, slot } = this
    if (child === undefined || child !== slot.child || child.isEnded || !slot.loaded.has(this.id))
      return undefined
    return tables.every((table) => this.sentOf(table) >= table.frames.length) ? child : undefined
  }

  private sentOf({ handle, node }: TableInput): number {
    return this.tables.get(`${node}/${handle}`) ?? 0
  }

  private open(child: SandboxChild, place: number): Effect.Effect<void, ChildEnded | SegmentError> {
    const node = this.spec.nodes[place]
    const bundle = Buffer.from(node.bundle, "utf8")
    if (bundle.length > maxBundleBytes)
      return Effect.fail(
        segmentError("BUNDLE_FAILED", "the bundle is larger than 20 MiB", { node: node.node })
      )
    const question = {
      ...openQuestion(this.id, this.spec, place),
      isShared: this.isShared && !this.slot.alone.has(this.id)
    }
    return this.slot.ask(child, question, [bundle], openMs).pipe(
      Effect.flatMap(({ answer }) => {
        if (answer.is === "ok") return Effect.void
        if (answer.is === "evicted") return Effect.fail<ChildEnded | SegmentError>(this.evicted())
        const { at, message } =
          answer.is === "failed"
            ? decodeFailure(answer.failure)
            : { at: [], message: answer.is === "stopped" ? answer.message : "no answer" }
        const text = `the plugin does not open: ${sanitizeText(message)}`
        return Effect.andThen(
          this.unload,
          Effect.fail(segmentError("BUNDLE_FAILED", text, { node: node.node, at }))
        )
      })
    )
  }

  /** Sends what the process has not seen of the tables. */
  sendTables(
    child: SandboxChild,
    tables: readonly TableInput[]
  ): Effect.Effect<void, ChildEnded | SegmentError> {
    return Effect.forEach(tables, (table) => this.sendTable(child, table), { discard: true })
  }

  private readonly sendTable = Effect.fnUntraced(
    { self: this },
    function* (
      this: LoadedIn,
      child: SandboxChild,
      table: TableInput
    ): Effect.fn.Return<void, ChildEnded | SegmentError> {
      const name = `${table.node}/${table.handle}`
      const node = this.spec.nodes.findIndex((one) => one.node === table.node)
      let sent = this.sentOf(table)
      while (sent < table.frames.length) {
        const round = roundOf(table.frames, sent)
        const question = {
          ask: "table",
          segment: this.id,
          node,
          handle: table.handle,
          timeoutMs: openMs
        } as const
        const { answer } = yield* this.slot.ask(child, question, round, openMs)
        if (answer.is !== "ok") {
          yield* this.unload
          const message =
            answer.is === "failed" ? decodeFailure(answer.failure).message : "the guest was stopped"
          return yield* Effect.fail(
            segmentError("RECORD_INVALID", `table ${table.handle}: ${sanitizeText(message)}`, {
              node: table.node
            })
          )
        }
        sent += round.length
        this.tables.set(name, sent)
      }
    }
  )

  /** Its isolate is gone by nothing that it did when it was asked: as a process that was ended before. */
  evicted(): ChildEnded {
    this.forget()
    return { _tag: "ChildEnded", reason: "outside", wasAsked: false, stage: -1, detail: "evicted" }
  }

  /** The process dropped the segment already; it is loaded again when it is needed. */
  forget(): void {
    this.slot.forget(this.id)
  }

  readonly unload: Effect.Effect<void> = Effect.suspend(() => {
    const { child } = this
    const isThere = child !== undefined && !child.isEnded && child === this.slot.child
    this.forget()
    const current = isThere ? child : this.slot.child
    if (current === undefined || current.isEnded) return Effect.void
    return Effect.ignore(this.slot.ask(current, { ask: "close", segment: this.id }, [], 2000))
  })
}

function roundOf(frames: readonly Uint8Array[], from: number): readonly Uint8Array[] {
  const round: Uint8Array[] = []
  let bytes = 0
  for (let i = from; i < frames.length && round.length < 1000; i++) {
    if (round.length > 0 && bytes + frames[i].length > maxTableSectionBytes) break
    bytes += frames[i].length
    round.push(frames[i])
  }
  return round
}

/** What a process is told to open a node by, in an isolate of its segment's own. */
export function openQuestion(segment: number, spec: SegmentSpec, place: number): OpenQuestion {
  const node = spec.nodes[place]
  const pass = spec.passes?.find(({ first, steps }) => place >= first && place < first + steps.length)
  const last = pass === undefined ? undefined : spec.nodes[pass.first + pass.steps.length - 1]
  return {
    ask: "open",
    segment,
    isShared: false,
    memoryMiB: spec.limits.memoryMiB,
    timeoutMs: openMs,
    settings: {
      node: node.node,
      plugin: node.plugin,
      configJson: node.configJson,
      onError: node.onError,
      maxRetries: node.maxRetries,
      maxOutputBytes: spec.limits.maxOutputBytes,
      maxOutputRecordsPerInput: spec.limits.maxOutputRecordsPerInput,
      outputs: node.outputs.map(({ name, schemaHash }) => ({ name, schemaHash: [...schemaHash] })),
      state: node.state.map(({ name, kind, ttlMs }) => ({ name, isMap: kind === "map", ttlMs: ttlMs ?? 0 })),
      timers: node.timers ?? false,
      tables: node.tables.map(({ handle }) => handle),
      pass: pass?.first === place && last !== undefined ? outputOf(last) : null,
      schemas: Object.entries(node.schemas)
    },
    closes: pass !== undefined && node === last ? { first: pass.first, nodes: pass.steps.length } : null,
    texts: [...textsOf(node), ...passTexts(pass, place)]
  }
}

/** What a node of a pass gives. */
function outputOf({ outputs }: NodeSpec): NodeSettings["pass"] {
  const [output] = outputs
  return output === undefined ? null : { name: output.name, schemaHash: [...output.schemaHash] }
}

function passTexts(pass: PassSpec | undefined, place: number): OpenQuestion["texts"] {
  if (pass === undefined) return []
  const step = { kind: "steps", name: "", text: pass.steps[place - pass.first] ?? "" }
  return place === pass.first ? [step, { kind: "passes", name: "", text: pass.pass }] : [step]
}

function textsOf(node: NodeSpec): OpenQuestion["texts"] {
  const named = (kind: string, texts: { readonly [name: string]: string }) =>
    Object.entries(texts).map(([name, text]) => ({ kind, name, text }))
  const one = (kind: string, name: string, text: string | undefined) =>
    text === undefined ? [] : [{ kind, name, text }]
  return [
    ...named("views", node.views),
    ...named("expressions", node.expressions),
    ...node.outputs.flatMap(({ name, writer, key }) => [
      ...one("writers", name, writer),
      ...one("keys", name, key)
    ]),
    ...node.state.flatMap(({ name, codec, mapKeyCodec }) => [
      ...one("values", name, codec),
      ...one("mapKeys", name, mapKeyCodec)
    ]),
    ...node.tables.flatMap(({ handle, view, keyOf }) => [
      ...one("tableViews", handle, view),
      ...one("tableKeys", handle, keyOf)
    ])
  ]
}
