import { openBatch } from "@millrace/sdk/record"
import type { CallHead } from "../guest/run/node-call.ts"
import type { SegmentCall } from "../segment.ts"
import type { KeptState } from "./held-state.ts"
import type { Piece } from "./piece.ts"

/** What is said of a run beside the call that it belongs to. */
export interface RunFacts {
  readonly isLastResort: boolean
  readonly isEnd: boolean
  /** Number of the run within its call, from 0: a call is taken apart where it kills. */
  readonly run: number
  readonly tokenJson: string | undefined
  readonly kept: KeptState
  readonly special:
    | { readonly kind: "partitions" | "commit" | "recover"; readonly tokenJson: string | null }
    | undefined
}

/** The call as the harness reads it, over these frames. */
export function headJson(call: SegmentCall, facts: RunFacts, piece: Piece): string {
  const { head, sink } = call
  const text: CallHead = {
    kind: facts.special?.kind ?? head.kind,
    now: call.now,
    seed: Buffer.from(call.seed.buffer, call.seed.byteOffset, call.seed.length).toString("hex"),
    isLastResort: facts.isLastResort,
    end: facts.isEnd,
    partition: call.partition,
    kept: facts.kept,
    timersUntil: call.timersUntil ?? null,
    source:
      head.kind === "source"
        ? {
            partition: head.partition,
            positionJson: head.positionJson ?? null,
            maxRecords: head.maxRecords,
            maxBytes: head.maxBytes,
            traceparent: head.traceparent ?? null,
            watermark:
              head.watermark === undefined
                ? null
                : {
                    newest: head.watermark.newest ?? null,
                    outOfOrdernessMs: head.watermark.outOfOrdernessMs
                  }
          }
        : null,
    sink:
      sink === undefined
        ? null
        : {
            id: facts.run === 0 ? sink.id : `${sink.id}/${facts.run}`,
            firstOffset: `${sink.firstOffset}`,
            lastOffset: `${sink.lastOffset}`,
            tokenJson: facts.tokenJson ?? null,
            recordPrefix: sink.recordPrefix ?? sink.id
          },
    tokenJson: facts.special?.tokenJson ?? null,
    inputs: piece.inputs.map(({ baseOffset, frame, input, leaps, topic, topicPartition }) => ({
      input,
      topic,
      partition: topicPartition,
      baseOffset: `${baseOffset}`,
      count: openBatch(frame).count,
      ...(leaps === undefined ? {} : { leaps })
    }))
  }
  return JSON.stringify(text)
}
