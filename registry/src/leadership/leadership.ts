import { randomUUID } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { DatabaseShape } from "../store/database.ts"
import type { PostgresStore } from "../store/postgres.ts"
import type { StoreError } from "../store/store-error.ts"
import { fenced } from "./fence.ts"
import { type Holder, type Lease, makeLease } from "./lease.ts"
import type { Standing } from "./standing.ts"

/** A platform among those that share a database, of which one leads. */
export interface Leadership {
  readonly standing: Effect.Effect<Standing>
  /** True while the lease is known to be in force, by a clock that runs on while the process is stopped. What is written is held against the database all the same. */
  readonly isLeader: Effect.Effect<boolean>
  /** What this platform is now, then each change. */
  readonly changes: Stream.Stream<Standing>
  /** Tells the others where this platform can be reached, from the next renewal on. */
  readonly announce: (url: string) => Effect.Effect<void>
  /** The database, in which this platform writes only while it leads. */
  readonly database: DatabaseShape
}

export interface LeadershipOptions {
  /** Where this platform can be reached; empty: told later, or never. */
  readonly url?: string
  /** How long a leader may be silent; default 5 s. */
  readonly leaseMs?: number
}

const usualLeaseMs = 5_000
/** A leader renews, and a follower asks, so many times in a lease. */
const asksInALease = 5

interface Contender {
  readonly lease: Lease
  readonly leaseMs: number
  readonly holder: Holder
  readonly state: SubscriptionRef.SubscriptionRef<Standing>
  /** When the lease runs out unless it is renewed, on the monotonic clock; counted from before it was asked for. */
  leaseEndsAt: bigint
}

const nanosOf = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n

const sameStanding = (a: Standing, b: Standing): boolean =>
  a.is === b.is && (a.is === "leading" || b.is === "leading" || a.leader === b.leader)

const become = (me: Contender, standing: Standing): Effect.Effect<void> =>
  sameStanding(SubscriptionRef.getUnsafe(me.state), standing)
    ? Effect.void
    : SubscriptionRef.set(me.state, standing)

const leaderOf = (me: Contender) =>
  Effect.map(me.lease.look, ({ isHeld, url }) => (isHeld && url !== "" ? url : undefined))

/** Asks for the lease, or learns who has it. */
const contend = Effect.fnUntraced(function* (me: Contender) {
  const askedAt = yield* Clock.monotonicTimeNanos
  const epoch = yield* me.lease.take(me.holder)
  if (epoch === undefined) return yield* become(me, { is: "following", leader: yield* leaderOf(me) })
  me.leaseEndsAt = askedAt + nanosOf(me.leaseMs)
  yield* become(me, { is: "leading", epoch })
})

const renew = Effect.fnUntraced(function* (me: Contender, epoch: number) {
  const askedAt = yield* Clock.monotonicTimeNanos
  if (yield* me.lease.renew(me.holder, epoch)) {
    me.leaseEndsAt = askedAt + nanosOf(me.leaseMs)
    return
  }
  yield* become(me, { is: "deposed", leader: undefined })
  yield* become(me, { is: "deposed", leader: yield* leaderOf(me) })
})

/** One turn of the contest; a database that does not answer leaves all as it is until the next. */
const turn = Effect.fnUntraced(function* (me: Contender) {
  const standing = SubscriptionRef.getUnsafe(me.state)
  yield* standing.is === "leading" ? renew(me, standing.epoch) : contend(me)
})

const contest = Effect.fnUntraced(function* (me: Contender) {
  let isSilent = false
  while (SubscriptionRef.getUnsafe(me.state).is !== "deposed") {
    yield* Effect.sleep(me.leaseMs / asksInALease)
    const asked = yield* Effect.result(turn(me))
    // Told as it begins and as it ends, not five times a lease.
    if (Result.isFailure(asked) && !isSilent)
      yield* Effect.logWarning("the database of the registry does not answer", asked.failure.cause)
    if (Result.isSuccess(asked) && isSilent)
      yield* Effect.logInfo("the database of the registry answers again")
    isSilent = Result.isFailure(asked)
  }
})

/** A leader that ends. */
const giveBack = (me: Contender): Effect.Effect<void> =>
  Effect.suspend(() => {
    const standing = SubscriptionRef.getUnsafe(me.state)
    return standing.is === "leading"
      ? Effect.ignore(me.lease.release(me.holder, standing.epoch))
      : Effect.void
  })

/**
 * Joins the platforms of a database, until the scope closes: leads at once if nobody does, else follows until the leader's lease has run out.
 * A leader that ends gives the lease back; of one that is killed or cut off it runs out. A leader to which the database does not answer
 * goes on being it until it learns that another leads: nothing that it writes meanwhile can pass.
 */
export const joinLeadership = Effect.fn("joinLeadership")(function* (
  store: PostgresStore,
  { leaseMs = usualLeaseMs, url = "" }: LeadershipOptions = {}
): Effect.fn.Return<Leadership, StoreError, Scope.Scope> {
  const holder = { id: randomUUID(), url }
  const state = yield* SubscriptionRef.make<Standing>({ is: "following", leader: undefined })
  const me: Contender = { lease: makeLease(store, leaseMs), leaseMs, holder, state, leaseEndsAt: 0n }
  yield* Effect.addFinalizer(() => giveBack(me))
  yield* contend(me)
  yield* Effect.forkScoped(contest(me))
  const standing = SubscriptionRef.get(state)
  return {
    standing,
    isLeader: Effect.map(
      Clock.monotonicTimeNanos,
      (now) => SubscriptionRef.getUnsafe(state).is === "leading" && now < me.leaseEndsAt
    ),
    changes: SubscriptionRef.changes(state),
    announce: (told) => Effect.sync(() => void (holder.url = told)),
    database: fenced(store.database, standing)
  }
})
