import type { KafkaClient } from "../client/kafka-client.ts"
import type { KafkaClientOptions } from "../client/open-client.ts"
import type { WorkerFacts } from "./leader-view.ts"
import { maxWeight } from "./member-format.ts"

/** How long a member waits for brokers, so that it knows of trouble before its session ends. */
export type GroupPatience = Required<
  Pick<KafkaClientOptions, "connectTimeoutMs" | "requestTimeoutMs" | "retryMs">
>

export interface GroupOptions {
  /** The group's id: all workers with it share what there is to do. */
  readonly group: string
  /** Opens a client of the group's own; asked again after each loss of the membership, and closed by the group. */
  readonly client: (patience: GroupPatience) => Promise<KafkaClient>
  /** For people: a host's name. The first 256 characters count. */
  readonly label: string
  /** What units may need of a worker; 256 at most, of 256 characters. */
  readonly traits?: readonly string[]
  /** Part of the work, against that of others: a whole number from 1 to 1000; default: 1. */
  readonly weight?: number
  /**
   * Remembers the member's id beyond the process, where one process at a time is: whoever had the id before is dead, and leaves
   * the group when the next joins. Neither may reject.
   */
  readonly memberId?: {
    readonly load: () => Promise<string | undefined>
    readonly save: (memberId: string) => Promise<void>
  }
  /** After which others get what a worker had that is not heard of; within what the brokers allow, 6 s to 30 min by default. Default: 6000. */
  readonly sessionTimeoutMs?: number
  /** Between heartbeats, by which a worker hears of others that come and go; default: 500. */
  readonly heartbeatMs?: number
  /** After this time a unit that was revoked goes to another, though its work does not stand still; default: 30,000. */
  readonly releaseWithinMs?: number
  /** It joins when work is first offered, or after this time, so that no worker that is starting leads the others; default: 5000. */
  readonly joinWithinMs?: number
  /** How long workers keep what their leader withdrew, or has not offered since it offered anything; default: 30,000. */
  readonly graceMs?: number
}

/**
 * `joining`: it has joined for the first time, or again after others came or went; its units go on. `lost`: others may have all
 * that it had, and it tries to join anew. `left`: for good.
 */
export type GroupState = "joining" | "stable" | "lost" | "left"

/** What a worker knows of its group. */
export interface GroupFacts {
  readonly state: GroupState
  /** Empty before it has joined. */
  readonly memberId: string
  /** -1 before it has joined, or while it is lost. */
  readonly generation: number
  /** The member's id that says who does what; empty while none is known. */
  readonly leader: string
  readonly isLeader: boolean
  /** All workers, with what each was given, where this one leads; else this one alone. */
  readonly workers: readonly WorkerFacts[]
  /** Ids of this worker's units: what it was given, of that what it does, and what it has yet to give up. */
  readonly assigned: readonly string[]
  readonly held: readonly string[]
  readonly revoked: readonly string[]
  /** Units that no worker may do, where this one leads. */
  readonly unplaced: readonly string[]
  /** How often it was told anew what to do. */
  readonly rebalances: number
  /** From when it wanted to join until it knew what to do; 0 before the first. */
  readonly lastRebalanceMs: number
  readonly losses: number
  /** Why it is lost, or cannot join. */
  readonly problem: string | undefined
}

export type GroupTerms = Required<Omit<GroupOptions, "client" | "memberId">> &
  Pick<GroupOptions, "client" | "memberId"> & {
    readonly rebalanceTimeoutMs: number
    readonly patience: GroupPatience
  }

export const termsOf = (options: GroupOptions): GroupTerms => {
  const { sessionTimeoutMs = 6_000 } = options
  const answerMs = Math.max(250, Math.round(sessionTimeoutMs / 3))
  return {
    ...options,
    traits: options.traits ?? [],
    // What others could not read would be that of a member that takes no part.
    weight: Math.min(maxWeight, Math.max(1, Math.round(options.weight ?? 1))),
    sessionTimeoutMs,
    heartbeatMs: options.heartbeatMs ?? 500,
    releaseWithinMs: options.releaseWithinMs ?? 30_000,
    joinWithinMs: options.joinWithinMs ?? 5_000,
    graceMs: options.graceMs ?? 30_000,
    // INVARIANT: nobody is put out for not joining before its session would have ended, had it not been heard of.
    rebalanceTimeoutMs: 3 * sessionTimeoutMs,
    // The group asks again by itself: what a client learns between two attempts, it learns within this time.
    patience: { connectTimeoutMs: answerMs, requestTimeoutMs: answerMs, retryMs: 50 }
  }
}
