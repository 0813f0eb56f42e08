import { BatchCursor, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { PoolSettings } from "../pool/pool-options.ts"
import type { ProcessSlot } from "../pool/process-slot.ts"
import type { TrustDomain } from "../pool/trust-domain.ts"
import type {
  Segment,
  SegmentCall,
  SegmentError,
  SegmentHost,
  SegmentResult,
  SegmentSpec,
  SinkInfo
} from "../segment.ts"
import { segmentError } from "../segment-error.ts"
import { headJson } from "./call-head.ts"
import { isolatePoison } from "./isolate-poison.ts"
import type { RunStopped } from "./isolate-poison.ts"
import { LoadedIn } from "./loaded-in.ts"
import { joinBytes, joinResults, poisonedResult } from "./piece-result.ts"
import type { PieceResult } from "./piece-result.ts"
import { bytesOf, cutPiece, wholePiece } from "./piece.ts"
import type { Piece } from "./piece.ts"
import type { Quarantine } from "./quarantine.ts"
import { runSegment } from "./segment-runner.ts"

/** State entries and frames that may go into one run; the shared file holds both. */
const maxRunBytes = 8 * 1024 * 1024
/** Times that a call without records to take apart is tried when its process is killed. */
const maxTries = 3

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
    this.spec = spec
    this.domain = domain
    this.settings = settings
    this.quarantine = quarantine
  }

  private placeIn(slot: ProcessSlot) {
    const known = this.places.get(slot)
    if (known !== undefined) return known
    const made = { place: new LoadedIn(slot, this.id, this.spec), lock: Semaphore.makeUnsafe(1) }
    this.places.set(slot, made)
    return made
  }

  /** Loads it once, so that a bundle that does not open is told at once. */
  readonly load: Effect.Effect<void, SegmentError> = Effect.suspend(() => {
    const { place } = this.placeIn(this.domain.slotFor(0))
    const tried = place.ready.pipe(Effect.asVoid)
    return tried.pipe(
      Effect.catchTag("ChildEnded", () => tried),
      Effect.catchTag("ChildEnded", (ended) =>
        Effect.fail(
          segmentError("BUNDLE_FAILED", `loading the segment killed its sandbox twice (${ended.reason})`, {
            node: this.spec.nodes[Math.max(0, ended.stage)]?.node ?? ""
          })
        )
      )
    )
  })

  readonly close: Effect.Effect<void> = Effect.suspend(() =>
    Effect.forEach([...this.places.values()], ({ place }) => place.unload, { discard: true })
  )

  /** Digests of the bundles that a slot's process holds for this segment. */
  digestsIn(slot: ProcessSlot): readonly string[] {
    return slot.loaded.has(this.id) ? this.spec.nodes.map((node) => node.digest) : []
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

  private callRecords(
    call: SegmentCall,
    inputs: Piece["inputs"],
    host: SegmentHost,
    place: LoadedIn
  ): Effect.Effect<SegmentResult, SegmentError> {
    return Effect.gen({ self: this }, function* () {
      const whole = wholePiece(inputs)
      const work = new CallInHand(this.id, this.spec, call, host, place, this.settings)
      const results = yield* isolatePoison<Piece, PieceResult>({
        piece: whole,
        count: (piece) => piece.count,
        cut: cutPiece,
        run: (piece, isLastResort) => work.run(piece, isLastResort),
        poisoned: (piece, stopped) => work.poisoned(piece, stopped),
        isolating: Effect.suspend(() => {
          this.settings.onPoint("isolating")
          return this.quarantine.note
        })
      })
      return joinResults(this.spec, results)
    })
  }

  /** A source's read has no records to take apart. */
  private callWhole(
    call: SegmentCall,
    host: SegmentHost,
    place: LoadedIn
  ): Effect.Effect<SegmentResult, SegmentError> {
    const work = new CallInHand(this.id, this.spec, call, host, place, this.settings)
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
    const work = new CallInHand(this.id, this.spec, call, host, place, this.settings, { kind, tokenJson })
    const run = Effect.suspend(() => work.run({ inputs: [], count: 0 }, true))
    return lock.withPermit(Effect.andThen(this.quarantine.check, this.insist(run, 1)))
  }
}

/** What the runs of one call share: state that earlier pieces have changed, and a sink's last token. */
class CallInHand {
  private readonly id: number
  private readonly spec: SegmentSpec
  private readonly call: SegmentCall
  private readonly host: SegmentHost
  private readonly place: LoadedIn
  private readonly settings: PoolSettings
  private readonly special:
    | { readonly kind: "partitions" | "commit" | "recover"; readonly tokenJson: string | null }
    | undefined
  private readonly deltas: Uint8Array[] = []
  private token: string | undefined
  private runs = 0
  private seen = 0
  private readonly total: number

  constructor(
    id: number,
    spec: SegmentSpec,
    call: SegmentCall,
    host: SegmentHost,
    place: LoadedIn,
    settings: PoolSettings,
    special?: { readonly kind: "partitions" | "commit" | "recover"; readonly tokenJson: string | null }
  ) {
    this.id = id
    this.spec = spec
    this.call = call
    this.host = host
    this.place = place
    this.settings = settings
    this.special = special
    this.token = call.sink?.tokenJson
    this.total = call.head.kind === "records" ? wholePiece(call.head.inputs).count : 0
  }

  run(piece: Piece, isLastResort: boolean): Effect.Effect<PieceResult, RunStopped | SegmentError> {
    return Effect.gen({ self: this }, function* () {
      const state = yield* this.stateFor(piece)
      if (
        bytesOf(piece) + state.length > maxRunBytes * 2 ||
        bytesOf(piece) > maxRunBytes + 65_536 ||
        state.length > maxRunBytes
      ) {
        return yield* this.tooLarge(piece)
      }
      const isEnd =
        this.call.head.kind === "records" && this.call.head.end && this.seen + piece.count >= this.total
      const head = headJson(this.call, {
        isLastResort,
        isEnd,
        run: this.runs,
        tokenJson: this.token,
        special: this.special
      })
      const counts = piece.inputs.map((input) => openBatch(input.frame).count)
      const request = {
        segment: this.id,
        headJson: head,
        seed: this.call.seed,
        state,
        inputs: piece.inputs,
        counts,
        tables: this.call.tables
      }
      const result = yield* runSegment(this.spec, this.place, request, this.host, this.settings)
      this.take(piece, result)
      return result
    })
  }

  private take(piece: Piece, result: PieceResult): void {
    this.runs += 1
    this.seen += piece.count
    if (result.state.length > 0) this.deltas.push(result.state)
    if (result.tokenJson !== undefined) this.token = result.tokenJson
  }

  private tooLarge(piece: Piece): Effect.Effect<never, RunStopped | SegmentError> {
    return piece.count > 1
      ? Effect.fail({ _tag: "RunStopped", why: "overflow", stage: 0 })
      : Effect.fail(
          segmentError("STATE_TOO_LARGE", "the state of one key exceeds 8 MiB", {
            node: this.spec.nodes[0].node
          })
        )
  }

  /** What the owner keeps for the piece's keys, and over it what earlier pieces of this call changed. */
  private stateFor(piece: Piece): Effect.Effect<Uint8Array> {
    if (this.spec.nodes[0].state.length === 0) return Effect.succeed(new Uint8Array(0))
    return Effect.map(this.host.readState(keysOf(piece)), (entries) => joinBytes([entries, ...this.deltas]))
  }

  poisoned(piece: Piece, stopped: RunStopped): Effect.Effect<PieceResult, SegmentError> {
    const node = this.spec.nodes[Math.max(0, stopped.stage)] ?? this.spec.nodes[0]
    const code = stopped.why === "killed" ? stopped.code : "OUTPUT_TOO_LARGE"
    const message =
      stopped.why === "killed" ? stopped.message : "the record's outputs exceed the limit of one call"
    if (node.onError === "fail") return Effect.fail(segmentError(code, message, { node: node.node }))
    this.seen += piece.count
    return Effect.succeed(
      poisonedResult(
        this.spec,
        piece.inputs[0],
        { code, message, node: node.node },
        node.onError === "dead-letter"
      )
    )
  }
}

/** The different keys of a piece's records. */
function keysOf(piece: Piece): readonly (Uint8Array | null)[] {
  const keys = new Map<string, Uint8Array | null>()
  for (const { frame } of piece.inputs) {
    const cursor = new BatchCursor(frame)
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    while (cursor.next()) {
      if (cursor.isControl) continue
      const id = cursor.keyStart < 0 ? "-" : `+${bytes.toString("latin1", cursor.keyStart, cursor.keyEnd)}`
      if (!keys.has(id)) keys.set(id, cursor.key())
    }
  }
  return [...keys.values()]
}
