import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { PoolSettings } from "../pool/pool-options.ts"
import type { ProcessSlot } from "../pool/process-slot.ts"
import type { TrustDomain } from "../pool/trust-domain.ts"
import type {
  NodeSpec,
  SandboxLimits,
  Segment,
  SegmentCall,
  SegmentError,
  SegmentHost,
  SegmentResult,
  SegmentSpec,
  SinkInfo
} from "../segment.ts"
import { segmentError } from "../segment-error.ts"
import { CallInHand } from "./call-in-hand.ts"
import type { CallParts } from "./call-in-hand.ts"
import { isolatePoison } from "./isolate-poison.ts"
import type { RunStopped } from "./isolate-poison.ts"
import { LoadedIn } from "./loaded-in.ts"
import { unlessOvertaken } from "./overtaken.ts"
import { joinResults } from "./piece-result.ts"
import type { PieceResult } from "./piece-result.ts"
import { cutPiece, splitPiece, wholePiece } from "./piece.ts"
import type { Piece } from "./piece.ts"
import type { Quarantine } from "./quarantine.ts"

/** Times that a call without records to take apart is tried when its process is killed. */
const maxTries = 3

/** A run of records is made so long, and no longer than this part of the deadline. */
const maxRunMs = 1_000
const deadlineShare = 4

/** For tests: what is left without a budget are the limits of frames and of the shared file. */
function unbounded(limits: SandboxLimits): SandboxLimits {
  return { ...limits, maxOutputBytes: 64 * 1024 * 1024, maxOutputRecordsPerInput: 1_000_000_000 }
}

function holdsNothing({ kind, state, tables, timers }: NodeSpec): boolean {
  return kind === "processor" && state.length === 0 && tables.length === 0 && timers !== true
}

/** A segment in its trust domain: the batch driver. */
export class OpenSegment implements Segment {
  private readonly id: number
  private readonly spec: SegmentSpec
  private readonly domain: TrustDomain
  private readonly settings: PoolSettings
  private readonly quarantine: Quarantine
  private readonly places: Map<
    ProcessSlot,
    { readonly place: LoadedIn; readonly lock: Semaphore.Semaphore }
  > = new Map()

  constructor(
    id: number,
    spec: SegmentSpec,
    domain: TrustDomain,
    settings: PoolSettings,
    quarantine: Quarantine
  ) {
    this.id = id
    this.spec = settings.disabled.includes("output-budget")
      ? { ...spec, limits: unbounded(spec.limits) }
      : spec
    this.domain = domain
    this.settings = settings
    this.quarantine = quarantine
  }

  private placeIn(slot: ProcessSlot) {
    const known = this.places.get(slot)
    if (known !== undefined) return known
    const made = {
      place: new LoadedIn(slot, this.id, this.spec, this.isShared),
      lock: Semaphore.makeUnsafe(1)
    }
    this.places.set(slot, made)
    return made
  }

  /** What holds nothing between two calls may have an isolate in common with others of its domain. */
  private get isShared(): boolean {
    const isFresh = this.settings.freshPerCall || this.spec.isFresh === true
    return !isFresh && this.spec.nodes.every(holdsNothing)
  }

  /** Loads it once, so that a bundle that does not open is told at once. */
  readonly load: Effect.Effect<void, SegmentError> = Effect.suspend(() => {
    const { place } = this.placeIn(this.domain.slotFor(0))
    const tried = unlessOvertaken(place.ready).pipe(Effect.asVoid)
    return tried.pipe(
      Effect.catchTag("ChildEnded", () => tried),
      Effect.catchTag("ChildEnded", (ended) =>
        Effect.fail(
          // Who was killed from outside is not to blame: the owner tries again.
          segmentError(
            ended.reason === "outside" ? "SANDBOX_KILLED" : "BUNDLE_FAILED",
            `loading the segment killed its sandbox twice (${ended.reason})`,
            {
              node: this.spec.nodes[Math.max(0, ended.stage)]?.node ?? "",
              transient: ended.reason === "outside"
            }
          )
        )
      )
    )
  })

  readonly close: Effect.Effect<void> = Effect.suspend(() =>
    Effect.forEach([...this.places.values()], ({ place }) => place.unload, { discard: true })
  )

  /** Of its bundles. */
  get digests(): readonly string[] {
    return this.spec.nodes.map((node) => node.digest)
  }

  call(call: SegmentCall, host: SegmentHost): Effect.Effect<SegmentResult, SegmentError> {
    const { place, lock } = this.placeIn(this.domain.slotFor(call.partition))
    return lock.withPermit(
      Effect.andThen(
        this.quarantine.check,
        Effect.suspend(() =>
          call.head.kind === "source"
            ? this.callWhole(call, host, place)
            : this.callRecords(call, call.head.inputs, host, place)
        )
      )
    )
  }

  private parts(call: SegmentCall, host: SegmentHost, place: LoadedIn): CallParts {
    return { id: this.id, spec: this.spec, call, host, place, settings: this.settings }
  }

  private callRecords(
    call: SegmentCall,
    inputs: Piece["inputs"],
    host: SegmentHost,
    place: LoadedIn
  ): Effect.Effect<SegmentResult, SegmentError> {
    const work = new CallInHand(this.parts(call, host, place))
    const from = (
      piece: Piece,
      results: readonly PieceResult[]
    ): Effect.Effect<SegmentResult, SegmentError> => {
      const { head, tail } = splitPiece(piece, this.recordsAtOnce(call, place))
      return Effect.flatMap(this.runPiece(work, head), (ran) => {
        const all = results.length === 0 ? ran : [...results, ...ran]
        return tail === undefined ? Effect.succeed(joinResults(this.spec, all)) : from(tail, all)
      })
    }
    return from(wholePiece(inputs), [])
  }

  private runPiece(work: CallInHand, piece: Piece): Effect.Effect<readonly PieceResult[], SegmentError> {
    return isolatePoison<Piece, PieceResult>({
      piece,
      count: ({ count }) => count,
      cut: cutPiece,
      run: (part, isLastResort) => work.run(part, isLastResort),
      poisoned: (part, stopped) => work.poisoned(part, stopped),
      isolating: Effect.suspend(() => {
        this.settings.onPoint("isolating")
        return this.quarantine.note
      })
    })
  }

  /** Of a slow plugin a batch would take longer than its deadline, and all others of its process would wait for it. */
  private recordsAtOnce(call: SegmentCall, place: LoadedIn): number {
    // What timers set falls due within their batch.
    if (call.timersUntil !== undefined) return Infinity
    // INVARIANT: what a sink is given and under which id follows from the input alone, never from how fast a machine is.
    if (call.sink !== undefined) return Infinity
    return place.pace.fitting(Math.min(maxRunMs, this.spec.limits.deadlineMs / deadlineShare))
  }

  /** A source's read has no records to take apart. */
  private callWhole(
    call: SegmentCall,
    host: SegmentHost,
    place: LoadedIn
  ): Effect.Effect<SegmentResult, SegmentError> {
    const work = new CallInHand(this.parts(call, host, place))
    const run = Effect.suspend(() => work.run({ inputs: [], count: 0 }, true))
    return Effect.map(this.insist(run, 1), (result) => joinResults(this.spec, [result]))
  }

  private insist(
    run: Effect.Effect<PieceResult, RunStopped | SegmentError>,
    tries: number
  ): Effect.Effect<PieceResult, SegmentError> {
    return run.pipe(
      Effect.catchTag("RunStopped", (stopped) => {
        const node = this.spec.nodes[Math.max(0, stopped.stage)]?.node ?? ""
        if (stopped.why === "overflow")
          return Effect.fail(
            segmentError(
              "OUTPUT_TOO_LARGE",
              "the outputs exceed the limit of one call: ask for fewer records",
              { node }
            )
          )
        const noted = tries === 1 ? this.quarantine.note : Effect.void
        if (tries >= maxTries)
          return Effect.andThen(
            noted,
            Effect.fail(segmentError(stopped.code, stopped.message, { node, transient: true }))
          )
        return Effect.andThen(noted, this.insist(run, tries + 1))
      })
    )
  }

  sourcePartitions(host: SegmentHost): Effect.Effect<readonly string[], SegmentError> {
    return Effect.map(
      this.special("partitions", null, { id: "", partition: 0 }, host),
      (result) => result.partitions ?? []
    )
  }

  commitSink(tokenJson: string, info: SinkInfo, host: SegmentHost): Effect.Effect<void, SegmentError> {
    return Effect.asVoid(this.special("commit", tokenJson, info, host))
  }

  recoverSink(
    tokenJson: string | undefined,
    info: SinkInfo,
    host: SegmentHost
  ): Effect.Effect<void, SegmentError> {
    return Effect.asVoid(this.special("recover", tokenJson ?? null, info, host))
  }

  /** A call of the source or sink alone, of which there is one in a segment: the nodes beside it see no records. */
  private special(
    kind: "partitions" | "commit" | "recover",
    tokenJson: string | null,
    info: SinkInfo,
    host: SegmentHost
  ): Effect.Effect<PieceResult, SegmentError> {
    const { place, lock } = this.placeIn(this.domain.slotFor(info.partition))
    const call: SegmentCall = {
      partition: info.partition,
      now: 0,
      seed: new Uint8Array(32),
      head: { kind: "records", inputs: [], end: false },
      tables: [],
      sink: { id: info.id, firstOffset: 0n, lastOffset: 0n, tokenJson: tokenJson ?? undefined }
    }
    const work = new CallInHand({ ...this.parts(call, host, place), special: { kind, tokenJson } })
    const run = Effect.suspend(() => work.run({ inputs: [], count: 0 }, true))
    return lock.withPermit(Effect.andThen(this.quarantine.check, this.insist(run, 1)))
  }
}
