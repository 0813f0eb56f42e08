import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { AssignableUnit } from "./assign-units.ts"
import { expulsionOf, GroupLink, isOfLostMembership, isRebalance } from "./group-link.ts"
import type { Expulsion } from "./group-link.ts"
import { termsOf } from "./group-options.ts"
import type { GroupFacts, GroupOptions, GroupState, GroupTerms } from "./group-options.ts"
import { leaderAssignment } from "./leader-view.ts"
import type { LeaderAssignment } from "./leader-view.ts"
import { readAssignment, writeMetadata } from "./member-format.ts"
import { OwnUnits } from "./own-units.ts"
import type { UnitNews } from "./own-units.ts"

/** A unit as a member of the group knows it: what `Placement` of the worker asks for. */
export interface GroupUnit {
  readonly held: Effect.Effect<void>
  readonly revoked: Effect.Effect<void>
  readonly isHeld: () => boolean
  readonly release: Effect.Effect<void>
}

/** What comes in this time is one rebalance. */
const gatherMs = 50
/** On the way out, what is given up comes back for nothing, and leaving does the same soon. */
const gatherLeavingMs = 250
const firstPauseMs = 20
const longestPauseMs = 2_000
const leaveMs = 2_000

/**
 * A worker's membership of the group that shares what there is to do, from when it is made until its scope closes. It joins in the
 * background and never fails: `facts` tell. Nobody else in session has what `isHeld` says to be held.
 */
export class GroupMembership {
  readonly #terms: GroupTerms
  readonly #link: GroupLink
  readonly #units: OwnUnits
  readonly #now = (): number => performance.now()
  readonly #wake = Latch.makeUnsafe(true)
  readonly #rested = Latch.makeUnsafe(true)
  readonly #left = Latch.makeUnsafe(false)
  readonly #offered = Latch.makeUnsafe(false)
  /** What it said to the group when it last joined. */
  #tookWork = false
  #wanted: "no" | "soon" | "now" = "now"
  #wantedAt: number
  #state: GroupState = "joining"
  #isLeaving = false
  #leader = ""
  #view: LeaderAssignment | undefined
  #rebalances = 0
  #lastRebalanceMs = 0
  #losses = 0
  #problem: string | undefined

  private constructor(options: GroupOptions) {
    this.#terms = termsOf(options)
    this.#link = new GroupLink(this.#terms, this.#now)
    this.#units = new OwnUnits(this.#now, (news) => this.#hear(news))
    this.#wantedAt = this.#now()
  }

  static make(options: GroupOptions): Effect.Effect<GroupMembership, never, Scope.Scope> {
    return Effect.gen(function* () {
      const membership = new GroupMembership(options)
      membership.#fibers = [
        yield* Effect.forkScoped(membership.#joining),
        yield* Effect.forkScoped(membership.#beating),
        yield* Effect.forkScoped(membership.#watching)
      ]
      yield* Effect.addFinalizer(() => membership.leave)
      return membership
    })
  }

  #fibers: readonly Fiber.Fiber<void>[] = []

  /** Makes a unit known until the scope closes, by when its work has stopped. */
  offer(unit: AssignableUnit): Effect.Effect<GroupUnit, never, Scope.Scope> {
    const offered = Effect.acquireRelease(
      Effect.sync(() => this.#units.offer(unit)),
      (own) => Effect.sync(() => this.#units.withdraw(own))
    )
    return Effect.map(offered, (own): GroupUnit => {
      const isHeld = (): boolean => {
        this.#check()
        return own.phase === "held"
      }
      const held: Effect.Effect<void> = Effect.suspend(() =>
        isHeld() ? Effect.void : Effect.andThen(own.held.await, held)
      )
      const revoked: Effect.Effect<void> = Effect.suspend(() =>
        isHeld() ? Effect.andThen(own.free.await, revoked) : Effect.void
      )
      return { held, revoked, isHeld, release: Effect.sync(() => this.#units.release(own)) }
    })
  }

  /**
   * Gives all up and leaves, when all work stands still or has not in time: others have it at once. To be called before what is done
   * is taken down; the scope does it too. Once is as good as often.
   */
  readonly leave: Effect.Effect<void> = Effect.suspend(() =>
    this.#isLeaving ? this.#left.await : Effect.andThen(this.#leaving, this.#left.open)
  ).pipe(Effect.asVoid, Effect.uninterruptible)

  get #leaving(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const { group, releaseWithinMs } = this.#terms
      this.#isLeaving = true
      this.#units.assign([])
      this.#hear("rested")
      const rested = yield* within(releaseWithinMs, this.#rested.await)
      if (!rested)
        yield* Effect.logWarning("leaves the group, though work goes on here that others will do").pipe(
          Effect.annotateLogs({ group })
        )
      yield* Effect.forEach(this.#fibers, Fiber.interrupt, { discard: true })
      this.#state = "left"
      this.#units.lose()
      yield* within(
        leaveMs,
        Effect.promise(() => this.#link.leave())
      )
    })
  }

  facts(): GroupFacts {
    this.#check()
    const { member, memberId } = this.#link
    const { label, traits, weight } = this.#terms
    const assigned = this.#units.assigned()
    const alone = memberId === "" ? [] : [{ id: memberId, label, traits, weight, units: assigned }]
    return {
      state: this.#state,
      memberId,
      generation: member?.generation ?? -1,
      leader: member === undefined ? "" : this.#leader,
      isLeader: this.#view !== undefined,
      workers: this.#view?.workers ?? alone,
      assigned,
      held: this.#units.ids("held"),
      revoked: this.#units.ids("revoked"),
      unplaced: this.#view?.unplaced ?? [],
      rebalances: this.#rebalances,
      lastRebalanceMs: this.#lastRebalanceMs,
      losses: this.#losses,
      problem: this.#problem
    }
  }

  /** Joins, and again whenever it is wanted. */
  get #joining(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      yield* within(this.#terms.joinWithinMs, this.#offered.await)
      for (let pauseMs = firstPauseMs; ;) {
        const cause = yield* Effect.matchCause(this.#rebalance, {
          onSuccess: () => undefined,
          onFailure: Cause.squash
        })
        if (cause === undefined) {
          pauseMs = firstPauseMs
          yield* this.#untilWanted
        } else if (!isRebalance(cause)) {
          this.#fail(cause)
          yield* Effect.sleep(pauseMs)
          pauseMs = Math.min(longestPauseMs, pauseMs * 2)
        }
      }
    })
  }

  get #rebalance(): Effect.Effect<void, unknown> {
    return Effect.gen({ self: this }, function* () {
      this.#wanted = "no"
      this.#wake.closeUnsafe()
      if (this.#state === "stable") this.#state = "joining"
      const { label, traits, weight } = this.#terms
      // Who knows of no work would leave undone what it is given.
      this.#tookWork = !this.#isLeaving && this.#units.firstOfferedAt !== undefined
      const said = { label, traits, weight, takesWork: this.#tookWork, units: this.#units.claims() }
      const joined = yield* asked(() => this.#link.join(writeMetadata(said)))
      const { leader, member, members } = joined
      this.#leader = leader
      this.#view = leader === member.memberId ? this.#assign(members) : undefined
      const bytes = yield* asked(() => this.#link.sync(member, this.#view?.bytes ?? []))
      const given = readAssignment(bytes)
      if (given === undefined && bytes.length > 0)
        yield* Effect.logError("what the leader of the group assigned cannot be read: nothing is taken")
      this.#units.assign(this.#isLeaving ? [] : (given ?? []))
      this.#state = "stable"
      this.#problem = undefined
      this.#rebalances += 1
      this.#lastRebalanceMs = this.#now() - this.#wantedAt
    })
  }

  #assign(members: Parameters<typeof leaderAssignment>[0]): LeaderAssignment {
    const { graceMs } = this.#terms
    const now = this.#now()
    this.#units.forgetWithdrawn(now - graceMs)
    return leaderAssignment(members, this.#units, { graceMs, now })
  }

  get #untilWanted(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const { keptUntil } = this.#view ?? {}
      const review =
        keptUntil === undefined || keptUntil === Infinity
          ? Effect.never
          : Effect.sleep(Math.max(0, keptUntil - this.#now()) + 1)
      yield* Effect.raceFirst(this.#wake.await, review)
      if (this.#wanted === "no") this.#want("soon")
      if (this.#wanted === "soon") yield* Effect.sleep(this.#isLeaving ? gatherLeavingMs : gatherMs)
    })
  }

  /** Says that it is there, and hears of others. */
  get #beating(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const { heartbeatMs, releaseWithinMs, sessionTimeoutMs } = this.#terms
      for (;;) {
        yield* Effect.sleep(heartbeatMs)
        // Whatever hangs, the next goes out: what is lost meanwhile is told by the clock.
        const beat = Option.getOrUndefined(
          yield* Effect.timeoutOption(
            Effect.promise(() => this.#link.beat()),
            sessionTimeoutMs
          )
        )
        if (beat === "gone" || beat === "passed") this.#expel(beat)
        if (beat === "rebalance") this.#want("now")
        this.#units.disown(this.#now() - releaseWithinMs)
      }
    })
  }

  /** Gives all up when the session may have ended, whatever else hangs. */
  get #watching(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const { heartbeatMs } = this.#terms
      let losses = 0
      for (;;) {
        const leftMs = this.#link.session.endsAt() - this.#now()
        yield* Effect.sleep(leftMs > 0 ? leftMs : heartbeatMs)
        this.#check()
        if (this.#losses === losses) continue
        losses = this.#losses
        yield* Effect.logWarning(`gave up all work: ${this.#problem ?? ""}`).pipe(
          Effect.annotateLogs({ group: this.#terms.group })
        )
      }
    })
  }

  /** INVARIANT: nobody believes to hold anything whose session may have ended. */
  #check(): void {
    const endsAt = this.#link.session.endsAt()
    if (endsAt === -Infinity || this.#now() < endsAt) return
    this.#lose("its brokers were not heard of for as long as the session lasts", false)
  }

  #expel(how: Expulsion): void {
    this.#lose("the group has gone on without it", how === "gone")
  }

  #lose(why: string, memberIsGone: boolean): void {
    this.#link.lose(memberIsGone)
    this.#units.lose()
    this.#view = undefined
    if (this.#state !== "lost") {
      this.#losses += 1
      this.#problem = why
      this.#state = "lost"
    }
    this.#want("now")
  }

  #fail(cause: unknown): void {
    const expulsion = expulsionOf(cause)
    if (expulsion !== undefined) this.#expel(expulsion)
    else if (!isOfLostMembership(cause))
      this.#problem = cause instanceof Error ? cause.message : String(cause)
  }

  #want(when: "soon" | "now"): void {
    if (this.#wanted === "no") this.#wantedAt = this.#now()
    if (this.#wanted !== "now") this.#wanted = when
    this.#wake.openUnsafe()
  }

  #hear(news: UnitNews): void {
    if (this.#units.isAtRest()) this.#rested.openUnsafe()
    else this.#rested.closeUnsafe()
    if (news === "offered") this.#offered.openUnsafe()
    const isFirst = news === "offered" && !this.#tookWork
    const isOfLeader = this.#view !== undefined && news !== "rested"
    if (news === "given up" || isFirst || isOfLeader) this.#want("soon")
  }
}

const asked = <A>(ask: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: ask, catch: (cause) => cause })

/** Whether it came to its end in time, also where nothing else may be interrupted. */
const within = (milliseconds: number, effect: Effect.Effect<void | boolean>): Effect.Effect<boolean> =>
  Effect.map(Effect.timeoutOption(Effect.interruptible(effect), milliseconds), Option.isSome)
