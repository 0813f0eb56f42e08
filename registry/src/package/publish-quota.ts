import { apiError } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, execute, inTransaction } from "../store/database.ts"

/** What one publisher may do a week. JSR's numbers. */
export interface PublishLimits {
  readonly attempts: number
  readonly packages: number
}

/** The limits in force; a test may give smaller ones. */
export const PublishLimits = Context.Reference<PublishLimits>("@millrace/registry/PublishLimits", {
  defaultValue: () => ({ attempts: 1000, packages: 20 })
})

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

const quota = Effect.fnUntraced(function* (actor: string, kind: keyof PublishLimits) {
  const limit = (yield* PublishLimits)[kind]
  const waitMs = yield* takeOne(actor, `publish.${kind}`, limit)
  if (waitMs === undefined) return
  const what = kind === "attempts" ? "attempts to publish" : "new packages"
  return yield* apiError("PUBLISH_QUOTA", {
    actor,
    limit,
    what,
    retryAfterSeconds: Math.ceil(waitMs / 1000)
  })
})

/** Counts an attempt to publish, whatever becomes of it; fails with PUBLISH_QUOTA when there were too many. */
export const countAttempt = (actor: string) => quota(actor, "attempts")

/** Counts a package that is published for the first time; fails with PUBLISH_QUOTA when there were too many. */
export const countPackage = (actor: string) => quota(actor, "packages")
