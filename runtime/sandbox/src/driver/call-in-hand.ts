import { BatchCursor, openBatch } from "@millrace/sdk/record"
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
import { keepsState } from "./guest-state.ts"

/** State entries and frames that may go into one run; the shared file holds both. */
const maxRunBytes = 8 * 1024 * 1024

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

  constructor(parts: CallParts) {
    this.parts = parts
    this.token = parts.call.sink?.tokenJson
    this.total = parts.call.head.kind === "records" ? wholePiece(parts.call.head.inputs).count : 0
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
        this.parts.call.head.kind === "records" &&
        this.parts.call.head.end &&
        this.seen + piece.count >= this.total
      const head = headJson(this.parts.call, {
        isLastResort,
        isEnd,
        run: this.runs,
        tokenJson: this.token,
        special: this.parts.special
      })
      const counts = piece.inputs.map((input) => openBatch(input.frame).count)
      const request = {
        segment: this.parts.id,
        headJson: head,
        seed: this.parts.call.seed,
        state,
        inputs: piece.inputs,
        counts,
        tables: this.parts.call.tables
      }
      const result = yield* runSegment(
        this.parts.spec,
        this.parts.place,
        request,
        this.parts.host,
        this.parts.settings
      )
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
            node: this.parts.spec.nodes[0].node
          })
        )
  }

  /** What the owner keeps for the piece's keys, and over it what earlier pieces of this call changed. */
  private stateFor(piece: Piece): Effect.Effect<Uint8Array> {
    if (!keepsState(this.parts.spec)) return Effect.succeed(new Uint8Array(0))
    return Effect.map(this.parts.host.readState(keysOf(piece)), (entries) =>
      joinBytes([entries, ...this.deltas])
    )
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
