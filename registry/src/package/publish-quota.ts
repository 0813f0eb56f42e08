import { apiError } from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { takeOne } from "../store/quota.ts"

/** What one publisher may do a week. JSR's numbers. */
export interface PublishLimits {
  readonly attempts: number
  readonly packages: number
}

/** The limits in force; a test may give smaller ones. */
export const PublishLimits = Context.Reference<PublishLimits>("@millrace/registry/PublishLimits", {
  defaultValue: () => ({ attempts: 1000, packages: 20 })
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
