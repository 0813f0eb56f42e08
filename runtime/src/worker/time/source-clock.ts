import { noWatermark } from "@millrace/sdk/record"
import type { WatermarkOptions } from "../../pipeline/index.ts"
import type { Checkpoint } from "../../transport/transport.ts"
import { newestName } from "./watermark.ts"

/**
 * The event time of a source's task: its watermark is the highest timestamp that its partition gave less what may be out
 * of order. Each record is judged by what it was just before, so it moves by records, not by batches.
 */
export class SourceClock {
  private newest: number | undefined
  private lastMoved: number
  private readonly options: WatermarkOptions | undefined

  constructor(options: WatermarkOptions | undefined, checkpoint: Checkpoint | undefined, now: number) {
    this.options = options
    this.newest = options === undefined ? undefined : checkpoint?.watermarks[newestName]
    this.lastMoved = now
  }

  /** ms since 1970; `-Infinity`: none. */
  get watermark(): number {
    const { newest, options } = this
    return newest === undefined || options === undefined ? noWatermark : newest - options.outOfOrdernessMs
  }

  /** What the source's next call is told of it. */
  get head(): {
    readonly watermark?: { readonly newest: number | undefined; readonly outOfOrdernessMs: number }
  } {
    const { newest, options } = this
    return options === undefined ? {} : { watermark: { newest, outOfOrdernessMs: options.outOfOrdernessMs } }
  }

  /** After a call: the checkpoint's entry. `isFed`: it gave records. */
  moveTo(newest: number | undefined, isFed: boolean, now: number): Checkpoint["watermarks"] {
    if (isFed) this.lastMoved = now
    if (this.options === undefined || newest === undefined || newest === this.newest) return {}
    this.newest = newest
    return { [newestName]: newest }
  }

  /** The partition has given nothing for so long that nobody should wait for it. */
  isIdle(now: number): boolean {
    const after = this.options?.idleAfterMs
    return after !== undefined && now - this.lastMoved >= after
  }
}
