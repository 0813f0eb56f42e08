import { KafkaError } from "../client/kafka-error.ts"
import type { GroupMember, JoinedGroup, KafkaClient, MemberBytes } from "../client/kafka-client.ts"
import type { GroupTerms } from "./group-options.ts"
import { protocolName, protocolType } from "./member-format.ts"
import { Session } from "./session.ts"

/** What a heartbeat came to. `rebalance`: it is to join again. `unheard`: nothing that counts was answered. */
export type Beat = "member" | "rebalance" | "unheard" | Expulsion

/** What a member learns that is none any more. `passed`: the others went on without it, and its id is good all the same. */
export type Expulsion = "gone" | "passed"

const expulsions: { readonly [kind: string]: Expulsion | undefined } = {
  UNKNOWN_MEMBER_ID: "gone",
  FENCED_INSTANCE_ID: "gone",
  ILLEGAL_GENERATION: "passed"
}

export const expulsionOf = (cause: unknown): Expulsion | undefined =>
  cause instanceof KafkaError ? expulsions[cause.kind] : undefined

export const isRebalance = (cause: unknown): boolean =>
  cause instanceof KafkaError && cause.kind === "REBALANCE_IN_PROGRESS"

/** Nothing was refused: the membership that was asked for is over. */
export const isOfLostMembership = (cause: unknown): boolean =>
  cause instanceof MembershipLost || (cause instanceof KafkaError && cause.kind === "CLIENT_CLOSED")

/** The membership was lost while an answer was waited for, which counts no more. */
export class MembershipLost extends Error {
  constructor() {
    super("the membership was lost meanwhile")
    this.name = "MembershipLost"
  }
}

/** A member's talk with its group: who it is there, and until when for sure. */
export class GroupLink {
  readonly session: Session
  readonly #terms: GroupTerms
  readonly #now: () => number
  #client: Promise<KafkaClient> | undefined
  #memberId = ""
  #member: GroupMember | undefined
  /** From the time that it is to join again until it was told what to do. */
  #isJoining = true
  /** Another one after each loss. */
  #life = 0
  #predecessor: Promise<string | undefined> | undefined

  constructor(terms: GroupTerms, now: () => number) {
    this.session = new Session(terms)
    this.#terms = terms
    this.#now = now
  }

  /** Empty before it has one. */
  get memberId(): string {
    return this.#memberId
  }

  /** Undefined before it has joined, and once it is lost. */
  get member(): GroupMember | undefined {
    return this.#member
  }

  get isJoining(): boolean {
    return this.#isJoining
  }

  /** Waits for all others to join. */
  async join(metadata: Uint8Array): Promise<JoinedGroup> {
    const life = this.#life
    this.#isJoining = true
    const client = await this.#open()
    const { group, rebalanceTimeoutMs, sessionTimeoutMs } = this.#terms
    const joined = await client.joinGroup({
      group,
      memberId: this.#memberId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocolType,
      protocols: [{ name: protocolName, metadata }],
      onMemberId: (memberId) => this.#become(client, memberId)
    })
    this.#checkLife(life)
    this.#member = joined.member
    this.#memberId = joined.member.memberId
    return joined
  }

  /** What this member is to do, once the leader has said it. */
  async sync(member: GroupMember, assignments: readonly MemberBytes[]): Promise<Uint8Array> {
    const life = this.#life
    const client = await this.#open()
    const sentAt = this.#now()
    const bytes = await client.syncGroup(member, assignments)
    this.#checkLife(life)
    this.#isJoining = false
    this.session.confirm(sentAt, true)
    return bytes
  }

  /** Also while a join waits: what is answered then counts for the session, and not for more. */
  async beat(): Promise<Beat> {
    const member = this.#member
    if (member === undefined) return "unheard"
    const life = this.#life
    const isSettled = (): boolean => !this.#isJoining && this.#member === member
    const wasSettled = isSettled()
    const sentAt = this.#now()
    try {
      const client = await this.#open()
      await client.heartbeat(member)
      if (life === this.#life) this.session.confirm(sentAt, wasSettled && isSettled())
      return "member"
    } catch (cause) {
      if (life !== this.#life) return "unheard"
      if (isRebalance(cause)) {
        this.session.confirm(sentAt, false)
        return isSettled() ? "rebalance" : "member"
      }
      // While it joins, its generation may have passed: the join's own answer tells.
      const expulsion = expulsionOf(cause)
      return expulsion === undefined || (expulsion === "passed" && !isSettled()) ? "unheard" : expulsion
    }
  }

  /** Forgets the membership, and all that is still asked; `isGone`: the member's id is of no use any more. */
  lose(memberIsGone: boolean): void {
    this.#life += 1
    this.#member = undefined
    this.#isJoining = true
    if (memberIsGone) this.#memberId = ""
    this.session.end()
    this.#close()
  }

  /** Others get at once what this one had. */
  async leave(): Promise<void> {
    const { group } = this.#terms
    const memberId = this.#memberId
    const client = this.#client
    this.#member = undefined
    this.session.end()
    if (memberId !== "" && client !== undefined)
      await client.then((open) => open.leaveGroup({ group, memberId, generation: -1 })).catch(() => undefined)
    this.#close()
  }

  #checkLife(life: number): void {
    if (life !== this.#life) throw new MembershipLost()
  }

  #open(): Promise<KafkaClient> {
    const open = this.#client ?? this.#terms.client(this.#terms.patience)
    this.#client = open
    open.catch(() => {
      if (this.#client === open) this.#client = undefined
    })
    return open
  }

  #close(): void {
    this.#client?.then(
      (open) => open.close(),
      () => undefined
    )
    this.#client = undefined
  }

  /**
   * A new id, before it is used: whoever had the folder before is dead, and the group need not wait for the end of its session. It leaves
   * only now, so that the group is never empty: brokers wait some seconds for more members to come to a group that was.
   */
  async #become(client: KafkaClient, memberId: string): Promise<void> {
    const { group, memberId: memory } = this.#terms
    this.#memberId = memberId
    if (memory === undefined) return
    this.#predecessor ??= memory.load()
    const predecessor = await this.#predecessor
    if (predecessor !== undefined && predecessor !== "")
      await client.leaveGroup({ group, memberId: predecessor, generation: -1 }).catch(() => undefined)
    this.#predecessor = Promise.resolve(undefined)
    await memory.save(memberId)
  }
}
