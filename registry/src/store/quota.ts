import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, execute, inTransaction } from "./database.ts"

const weekMs = 604_800_000

const QuotaRow = Schema.Struct({ fullAgainAt: Schema.Int })

/**
 * Takes one of a quota that fills up again evenly, a week for all of it: a token bucket, kept as the time at which it is full again
 * (GCRA, the generic cell rate algorithm of ITU-T I.371). Answers undefined when there was one, else the milliseconds until there is.
 */
export const takeOne = Effect.fnUntraced(function* (actor: string, what: string, aWeek: number) {
  const now = yield* Clock.currentTimeMillis
  const each = Math.ceil(weekMs / aWeek)
  return yield* inTransaction(
    Effect.gen(function* () {
      const row = yield* decodedRow(
        QuotaRow,
        `SELECT full_again_at AS "fullAgainAt" FROM quotas WHERE actor = ? AND what = ?`,
        [actor, what]
      )
      const next = Math.max(row?.fullAgainAt ?? 0, now) + each
      if (next > now + each * aWeek) return next - (now + each * aWeek)
      yield* execute(
        `INSERT INTO quotas (actor, what, full_again_at) VALUES (?, ?, ?)
          ON CONFLICT (actor, what) DO UPDATE SET full_again_at = excluded.full_again_at`,
        [actor, what, next]
      )
      return undefined
    })
  )
})
