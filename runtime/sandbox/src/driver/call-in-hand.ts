import { BatchCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { PoolSettings } from "../pool/pool-options.ts"
import type { SegmentCall, SegmentError, SegmentHost, SegmentSpec } from "../segment.ts"
import { segmentError } from "../segment-error.ts"
import { headJson } from "./call-head.ts"
import type { RunFacts } from "./call-head.ts"
import type { RunStopped } from "./isolate-poison.ts"
import type { LoadedIn } from "./loaded-in.ts"
import { joinBytes, poisonedResult } from "./piece-result.ts"
import type { PieceResult } from "./piece-result.ts"
import { bytesOf, wholePiece } from "./piece.ts"
import type { Piece } from "./piece.ts"
import { runSegment } from "./segment-runner.ts"
import type { RunRequest } from "./segment-runner.ts"
import { keepsState } from "./guest-state.ts"
import type { Holding, KeptState } from "./held-state.ts"

/** State entries, and frames, that may go into one run; the shared file holds both. */
const maxRunBytes = 8 * 1024 * 1024
/** Keys whose state is read at a time: what is too much is seen before it is all read. */
const readKeys = 1024
const nothing = new Uint8Array(0)

/** What a call is made with. */
export interface CallParts {
  readonly id: number
  readonly spec: SegmentSpec
  readonly call: SegmentCall
  readonly host: SegmentHost
  readonly place: LoadedIn
  readonly settings: PoolSettings
  readonly special?: RunFacts["special"]
}

/** What the runs of one call share: state that earlier pieces have changed, and a sink's last token. */
export class CallInHand {
  private readonly parts: CallParts
  private readonly deltas: Uint8Array[] = []
  private token: string | undefined
  private runs = 0
  private seen = 0
  private readonly total: number
  /** A run of the call was killed. */
  private isWary = false

  constructor(parts: CallParts) {
    this.parts = parts
    this.token = parts.call.sink?.tokenJson
    this.total = parts.call.head.kind === "records" ? wholePiece(parts.call.head.inputs).count : 0
  }

  run(piece: Piece, isLastResort: boolean): Effect.Effect<PieceResult, RunStopped | SegmentError> {
    const { call, host, place, settings, special, spec } = this.parts
    return Effect.suspend(() => {
      let holding: Holding | undefined
      let given = 0
      const asked = Effect.suspend(() => {
        if (bytesOf(piece) > maxRunBytes + 65_536) return this.tooLarge(piece)
        if (!keepsState(spec) || special !== undefined)
          return Effect.succeed(this.request(piece, isLastResort, nothing, "all"))
        const look = this.look(piece)
        return Effect.map(this.stateFor(piece, look), (state) => {
          holding = look
          given = state.length
          place.held.lose(look)
          return this.request(piece, isLastResort, state, look.kept)
        })
      })
      const ran = runSegment(spec, place, call.tables, asked, host, settings)
      return Effect.map(
        Effect.tapError(ran, (failure) => this.noteFailure(failure)),
        ({ ranMs, result }) => {
          this.parts.place.pace.note(piece.count, ranMs)
          // What earlier runs of the call changed came with the state: the guest has it in part.
          if (holding !== undefined && (holding.kept === "all" || this.deltas.length === 0))
            place.held.keep(holding, this, given, result.state.length)
          this.take(piece, result)
          return result
        }
      )
    })
  }

  private request(piece: Piece, isLastResort: boolean, state: Uint8Array, kept: KeptState): RunRequest {
    const { call, id } = this.parts
    return {
      segment: id,
      headJson: headJson(call, { ...this.factsOf(piece, isLastResort), kept }, piece),
      state,
      inputs: piece.inputs,
      // INVARIANT: a record is set aside in the name of the node that it stopped: that is known where nodes are called one by one.
      mayPass: !this.isWary
    }
  }

  private noteFailure(failure: RunStopped | SegmentError): Effect.Effect<void> {
    return Effect.sync(() => {
      if ("why" in failure && failure.why === "killed") this.isWary = true
      if ("code" in failure && failure.code === "MEMORY_EXCEEDED") this.parts.place.held.shrink()
    })
  }

  private look(piece: Piece): Holding {
    const { call, host, place } = this.parts
    const holding = place.held.look(call.partition, host.stateLine, this)
    noteMissing(piece, holding)
    return holding
  }

  private factsOf(piece: Piece, isLastResort: boolean) {
    const { head } = this.parts.call
    return {
      isLastResort,
      isEnd: head.kind === "records" && head.end && this.seen + piece.count >= this.total,
      run: this.runs,
      tokenJson: this.token,
      special: this.parts.special
    }
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
            node: this.parts.spec.nodes[0].node
          })
        )
  }

  private stateFor(piece: Piece, holding: Holding): Effect.Effect<Uint8Array, RunStopped | SegmentError> {
    return Effect.gen(() => this.readingState(piece, holding))
  }

  /** What the owner keeps for the keys that the guest lacks, and over it what earlier runs of this call changed. */
  private *readingState(
    piece: Piece,
    holding: Holding
  ): Effect.fn.Return<Uint8Array, RunStopped | SegmentError> {
    const entries: Uint8Array[] = []
    const keys = [...holding.missing.values()]
    let bytes = 0
    for (let from = 0; from < keys.length && bytes <= maxRunBytes; from += readKeys) {
      const read = yield* this.parts.host.readState(keys.slice(from, from + readKeys))
      entries.push(read)
      bytes += read.length
    }
    const state = joinBytes(holding.kept === "all" ? entries : [...entries, ...this.deltas])
    return state.length > maxRunBytes ? yield* this.tooLarge(piece) : state
  }

  poisoned(piece: Piece, stopped: RunStopped): Effect.Effect<PieceResult, SegmentError> {
    const node = this.parts.spec.nodes[Math.max(0, stopped.stage)] ?? this.parts.spec.nodes[0]
    const code = stopped.why === "killed" ? stopped.code : "OUTPUT_TOO_LARGE"
    const message =
      stopped.why === "killed" ? stopped.message : "the record's outputs exceed the limit of one call"
    const { topic, topicPartition, baseOffset } = piece.inputs[0]
    const where = `(record ${topic}/${topicPartition}@${baseOffset})`
    if (node.onError === "fail")
      return Effect.fail(segmentError(code, `${message} ${where}`, { node: node.node }))
    this.seen += piece.count
    return Effect.succeed(
      poisonedResult(
        this.parts.spec,
        piece.inputs[0],
        { code, message, node: node.node },
        node.onError === "dead-letter"
      )
    )
  }
}

/** Notes the different keys of a piece's records that the guest does not hold. */
function noteMissing(piece: Piece, holding: Holding): void {
  for (const { frame } of piece.inputs) {
    const cursor = new BatchCursor(frame)
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    while (cursor.next()) {
      if (cursor.isControl) continue
      const id = cursor.keyStart < 0 ? "-" : `+${bytes.toString("latin1", cursor.keyStart, cursor.keyEnd)}`
      if (holding.lacks(id)) holding.missing.set(id, cursor.key())
    }
  }
}
