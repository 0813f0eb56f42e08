import type { InputFrame, SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { schemaHash } from "../avro/fingerprint.ts"
import { parseAvroOrThrow } from "../avro/parse/parse.ts"
import { BatchWriter } from "../record/batch-writer.ts"
import { timerInput } from "../record/timer.ts"
import type { TimerClock } from "./memory-state.ts"
import type { TestError } from "./test-error.ts"
import { sandboxError, type TestNode } from "./test-node.ts"

/** Rows of the node's tables. */
type Tables = Parameters<TestNode["segment"]["call"]>[0]["tables"]

const tagSchema = schemaHash(parseAvroOrThrow("string"))

/** Rounds of timers that set timers: more are taken for a plugin that never ends. */
const maxRounds = 1_000

/** Calls a processor as its task would: state goes from call to call, and timers fire when their time has come. */
export class ProcessorDriver {
  readonly results: SegmentResult[] = []
  readonly #node: TestNode
  readonly #tables: Tables
  readonly #isTwice: boolean

  /** `isTwice`: each call is made twice, and what the first gave is thrown away, as by a commit that failed. */
  constructor(node: TestNode, tables: Tables, isTwice = false) {
    this.#node = node
    this.#tables = tables
    this.#isTwice = isTwice
  }

  call(inputs: readonly InputFrame[], end: boolean): Effect.Effect<void, TestError> {
    const { host, segment, state } = this.#node
    const call = {
      partition: 0,
      now: host.now,
      seed: this.#node.seed,
      head: { kind: "records" as const, inputs, end },
      tables: this.#tables
    }
    const once = Effect.mapError(segment.call(call, host.segmentHost), sandboxError)
    return Effect.map(this.#isTwice ? Effect.andThen(once, once) : once, (result) => {
      state.apply(result.state)
      this.results.push(result)
    })
  }

  /** Fires what is due by a watermark and by the clock, ms since 1970, in the order of time; also what these set in turn. */
  fire(watermark: number, now: number): Effect.Effect<void, TestError> {
    return Effect.gen({ self: this }, function* () {
      if (!this.#node.manifest.timers) return
      for (let round = 0; round < maxRounds; round++) {
        const due = yield* this.#fireOf("event", watermark)
        if (!due && !(yield* this.#fireOf("processing", now))) return
      }
    })
  }

  #fireOf(clock: TimerClock, until: number): Effect.Effect<boolean, TestError> {
    return Effect.gen({ self: this }, function* () {
      const { state } = this.#node
      const due = state.timers(clock).filter(({ time }) => time <= until)
      if (due.length === 0) return false
      const writer = new BatchWriter()
      writer.begin(tagSchema)
      for (const { key, tag, time } of due)
        writer.append({ timestamp: time, key }, new TextEncoder().encode(tag))
      const frame = writer.finish()
      state.removeTimers(due)
      yield* this.call(
        [{ input: timerInput, topic: timerInput, topicPartition: 0, baseOffset: 0n, frame }],
        false
      )
      return true
    })
  }
}
