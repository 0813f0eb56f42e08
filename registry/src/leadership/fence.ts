import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { DatabaseShape } from "../store/database.ts"
import { StoreError } from "../store/store-error.ts"
import type { Standing } from "./standing.ts"

/** True in a transaction that was held against the lease. */
const IsFenced = Context.Reference<boolean>("@millrace/registry/IsFenced", { defaultValue: () => false })

// KEY SHARE lets the lease be renewed beside the transaction, and not be taken: that changes the row's key, the epoch.
const ownLease = "SELECT epoch FROM leadership WHERE epoch = ? FOR KEY SHARE"

const notLeading = (leader: string | undefined): StoreError =>
  new StoreError({
    reason: "standby",
    operation: "write",
    remedy:
      leader === undefined
        ? "No platform leads now; repeat it in some seconds."
        : `Ask the platform that leads: ${leader}`,
    ...(leader === undefined ? {} : { leader }),
    cause: new Error("another platform may write, this one may not")
  })

/**
 * A database in which only the leader writes: every transaction begins with a look at the lease, and the lease cannot be taken
 * before it ends. So a write of a leader that was deposed, and does not know yet, is refused by the database itself.
 */
export const fenced = (database: DatabaseShape, standing: Effect.Effect<Standing>): DatabaseShape => {
  const check = Effect.gen(function* () {
    const now = yield* standing
    if (now.is !== "leading") return yield* notLeading(now.leader)
    const [row] = yield* database.rows(ownLease, [now.epoch])
    if (row === undefined) return yield* notLeading(undefined)
  })
  return {
    ...database,
    transaction: <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
      Effect.flatMap(IsFenced, (isFenced): Effect.Effect<A, E | StoreError, R> =>
        isFenced
          ? work
          : database.transaction(Effect.andThen(check, Effect.provideService(work, IsFenced, true)))
      )
  }
}
