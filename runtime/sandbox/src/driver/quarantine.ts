import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { SegmentError } from "../segment.ts"
import { segmentError } from "../segment-error.ts"

/** Sets a segment aside when it was killed too often of late. What isolates one poison record counts as one. */
export class Quarantine {
  private readonly kills: number[] = []
  private readonly limit: { readonly kills: number; readonly windowMs: number }

  constructor(limit: { readonly kills: number; readonly windowMs: number }) {
    this.limit = limit
  }

  /** Counts one. */
  readonly note: Effect.Effect<void> = Effect.map(Clock.currentTimeMillis, (now) => {
    this.kills.push(now)
    while (this.kills.length > this.limit.kills) this.kills.shift()
  })

  /** Fails with `QUARANTINED` while the segment is set aside. */
  readonly check: Effect.Effect<void, SegmentError> = Effect.suspend(() =>
    this.kills.length < this.limit.kills ? Effect.void : this.checkKills
  )

  private readonly checkKills: Effect.Effect<void, SegmentError> = Effect.flatMap(
    Clock.currentTimeMillis,
    (now) => {
      const recent = this.kills.filter((at) => now - at < this.limit.windowMs).length
      if (recent < this.limit.kills) return Effect.void
      const minutes = Math.round(this.limit.windowMs / 60_000)
      return Effect.fail(
        segmentError(
          "QUARANTINED",
          `the plugin's sandbox was killed ${recent} times within ${minutes} minutes; fix the plugin, or wait`
        )
      )
    }
  )
}
